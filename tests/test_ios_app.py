"""The iOS app, as far as it can be held to its word without a Mac: its sources, its project, its models.

Every file is parsed, and the whole app is compiled in Swift 6's language mode against the app's real core and stand-ins
for Apple's frameworks (`ios_app/CoreMLStandIn`); those of its unit tests run that need no framework. What is left is
listed in `ios_app/README.md`.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from openstep_parser import OpenStepDecoder
from PIL import Image

from helpers.data import checked_bytes
from helpers.files import DATA, PROJECT, build_dir
from helpers.lanes.swift import swift_lane
from helpers.runs.run_log import load_run_log

IOS = PROJECT / "ios_app"
APP = IOS / "RealtimeClassifier"
TESTS = IOS / "RealtimeClassifierTests"
STAND_IN = IOS / "CoreMLStandIn"
XCODE = IOS / "RealtimeClassifier.xcodeproj"
README = IOS / "README.md"
ANDROID_VALUES = PROJECT / "android_app" / "app" / "src" / "main" / "res"

SOURCES = sorted([*APP.rglob("*.swift"), *TESTS.rglob("*.swift")])


def run_swift(
    tool: str, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    lane = swift_lane()
    command = lane.command(str(lane.swift.with_name(tool)), *arguments, environment=environment)
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


@pytest.mark.swift
def test_every_file_is_parsed(tmp_path: Path) -> None:
    assert len(SOURCES) > 60
    done = run_swift("swiftc", "-frontend", "-parse", "-swift-version", "6", *map(str, SOURCES))
    assert (done.returncode, done.stderr) == (0, "")
    broken = tmp_path / "Broken.swift"
    broken.write_text(SOURCES[0].read_text().rstrip().removesuffix("}"))
    assert run_swift("swiftc", "-frontend", "-parse", "-swift-version", "6", str(broken)).returncode != 0


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path, Path]:
    """The app compiled against the stand-ins, and its tests run: what was said, the run logs, the compiled modules."""
    logs, scratch = tmp_path_factory.mktemp("logs"), build_dir() / "ios" / "check"
    places = ("--package-path", str(STAND_IN), "--scratch-path", str(scratch))
    strict = ("-Xswiftc", "-warnings-as-errors")
    done = run_swift("swift", "test", *places, *strict, environment={"RUN_LOGS": str(logs)})
    return done, logs / "logs", scratch / "debug" / "Modules"


@pytest.mark.swift
class TestWithStandIns:
    def test_the_app_is_compiled_and_its_tests_pass(
        self, checked: tuple[subprocess.CompletedProcess[str], Path, Path]
    ) -> None:
        done, _, _ = checked
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-3000:]
        assert "warning:" not in said
        passed = set(re.findall(r"Test Case '(\w+\.\w+)' passed", said))
        skipped = set(re.findall(r"Test Case '(\w+\.\w+)' skipped", said))
        written = {f"{path.stem}.{test}" for path in TESTS.glob("*Tests.swift") for test in _tests_in(path.read_text())}
        assert passed | skipped == written
        # Those that need Apple's frameworks themselves, and no others.
        assert {test.partition(".")[0] for test in skipped} == {"CoreMLTests"}
        assert len(passed) > 40
        (promised,) = re.findall(r"You should see (\d+) tests pass", README.read_text())
        assert int(promised) == len(written)

    def test_its_run_logs_are_valid(self, checked: tuple[subprocess.CompletedProcess[str], Path, Path]) -> None:
        _, logs, _ = checked
        schema = json.loads((DATA / "schemas" / "run_log.schema.json").read_text())
        kinds = set()
        for path in logs.glob("*.json"):
            jsonschema.validate(json.loads(path.read_text()), schema)
            log = load_run_log(path)
            assert (log.where, log.app.name) == ("swift-linux", "ios_app")
            kinds.add((log.kind, log.pipeline.mode if log.pipeline else None))
        assert kinds == {("accuracy", None), ("benchmark", None), ("live", "single"), ("live", "multi")}

    @pytest.mark.parametrize(
        ("code", "complaint"),
        [
            ("let wrong: Int = try MLModel(contentsOf: url)", "cannot convert value of type 'MLModel'"),
            ("_ = try MLModel(contentsOf: url).prediction(with: 1)", "incorrect argument label"),
            (
                "let model = try MLModel(contentsOf: url); Task.detached { _ = model.modelDescription }; print(model)",
                "could race",
            ),
        ],
    )
    def test_the_stand_ins_find_mistakes(
        self,
        checked: tuple[subprocess.CompletedProcess[str], Path, Path],
        tmp_path: Path,
        code: str,
        complaint: str,
    ) -> None:
        _, _, modules = checked
        file = tmp_path / "Mistake.swift"
        file.write_text(f"import CoreML\n@MainActor func mistake(_ url: URL) throws {{ {code} }}\n")
        flags = ("-swift-version", "6", "-parse-as-library", "-emit-sil", "-o", "/dev/null", "-I", str(modules))
        done = run_swift("swiftc", *flags, str(file))
        assert done.returncode != 0
        assert complaint in done.stderr


def _tests_in(text: str) -> list[str]:
    return re.findall(r"func (test\w+)\(\)", text)


class TestSources:
    def test_only_frameworks_with_a_stand_in_are_used(self) -> None:
        known = {path.name for path in (STAND_IN / "Sources").iterdir()} | {"Dispatch", "Foundation", "RealtimeCore"}
        for path in SOURCES:
            imported = set(re.findall(r"^(?:@testable )?import (\w+)$", path.read_text(), re.MULTILINE))
            extra = {"XCTest", "RealtimeClassifier"} if TESTS in path.parents else set()
            assert imported <= known | extra, path

    def test_what_is_said_to_need_foundation_alone_does(self) -> None:
        (said,) = re.findall(r"the app\. ((?:`\w+`(?:, | and ))+`\w+`) need Foundation alone", README.read_text())
        folders = re.findall(r"`(\w+)`", said)
        assert len(folders) == 5
        for folder in folders:
            for path in (APP / folder).glob("*.swift"):
                imported = set(re.findall(r"^import (\w+)$", path.read_text(), re.MULTILINE))
                assert imported <= {"Dispatch", "Foundation", "RealtimeCore"}, path

    def test_no_timer_rests_while_the_user_scrolls(self) -> None:
        # A scheduled timer runs in the default mode only, and a scrolling screen is in another one.
        timers = [path.name for path in APP.rglob("*.swift") if re.search(r"\bTimer[.(]", path.read_text())]
        assert timers == ["LiveControl.swift"]
        text = (APP / "Screens" / "LiveControl.swift").read_text()
        assert "scheduledTimer" not in text
        assert "RunLoop.main.add(timer, forMode: .common)" in text

    def test_stand_ins_say_what_they_are(self) -> None:
        for path in [*(STAND_IN / "Sources").rglob("*.swift"), *(STAND_IN / "App" / "Generated").glob("*.swift")]:
            assert re.match(r"// (A stand-in for|The part of the stand-in for) ", path.read_text()), path

    def test_lines_fit(self) -> None:
        for path in [*SOURCES, *(STAND_IN / "Sources").rglob("*.swift")]:
            for number, line in enumerate(path.read_text().splitlines(), 1):
                assert len(line) <= 120, f"{path}:{number}"
                assert "\t" not in line, f"{path}:{number}"

    def test_the_screens_say_what_androids_say(self) -> None:
        ours = _ios_words((APP / "Words.swift").read_text())
        theirs = _android_words()
        both = ours.keys() & theirs.keys()
        differing = {name for name in both if ours[name] != theirs[name]}
        # Where to get models, which camera right it is called there, what the runtime is, where logs and images lie.
        changed = "about_text logs_place no_digit_model_text no_models_text opening_text permission_settings_text"
        assert differing == set(changed.split())
        assert len(both) > 80

    def test_each_word_is_used(self) -> None:
        said = re.findall(r"static (?:let|func) (\w+)", (APP / "Words.swift").read_text())
        used = "".join(path.read_text() for path in APP.rglob("*.swift"))
        assert [name for name in said if f"Words.{name}" not in used] == []

    def test_their_colours_are_androids(self) -> None:
        day = _android_colours("values")
        night = {**day, **_android_colours("values-night")}
        names = {"AccentColor": "accent", "Track": "track", "NoticeText": "on_notice", "NoticeBackground": "notice"}
        used = set(re.findall(r'Color\("(\w+)"\)', "".join(path.read_text() for path in APP.rglob("*.swift"))))
        assert used | {"AccentColor"} == names.keys()
        for ours, theirs in names.items():
            light, dark = json.loads(_asset(f"{ours}.colorset/Contents.json").read_text())["colors"]
            assert (_hex(light), _hex(dark)) == (day[theirs], night[theirs])
            assert dark["appearances"] == [{"appearance": "luminosity", "value": "dark"}]

    def test_the_icon_is_what_the_store_takes(self) -> None:
        (entry,) = json.loads(_asset("AppIcon.appiconset/Contents.json").read_text())["images"]
        with Image.open(_asset(f"AppIcon.appiconset/{entry['filename']}")) as icon:
            assert (icon.size, icon.mode, entry["size"]) == ((1024, 1024), "RGB", "1024x1024")


def _asset(name: str) -> Path:
    return APP / "Assets.xcassets" / name


def _hex(colour: dict[str, Any]) -> str:
    parts = colour["color"]["components"]
    return "".join(parts[channel].removeprefix("0x") for channel in ("red", "green", "blue"))


def _android_colours(folder: str) -> dict[str, str]:
    root = ElementTree.parse(ANDROID_VALUES / folder / "colors.xml").getroot()
    return {entry.attrib["name"]: (entry.text or "").removeprefix("#") for entry in root}


def _android_words() -> dict[str, str]:
    """Android's texts; what is filled in is {}."""
    root = ElementTree.parse(ANDROID_VALUES / "values" / "strings.xml").getroot()
    escapes = {r"\n": "\n", r"\'": "'", r"\"": '"'}
    words = {}
    for entry in root:
        text = re.sub(r"\\[n'\"]", lambda match: escapes[match[0]], entry.text or "")
        words[entry.attrib["name"]] = re.sub(r"%\d\$[sd]", "{}", text)
    return words


def _ios_words(source: str) -> dict[str, str]:
    """The app's texts by Android's kind of name, picker_model for pickerModel; what is filled in is {}."""
    literal = r'"(?:[^"\\]|\\.)*"'
    form = rf"static (?:let (\w+) =|func (\w+)\([^)]*\) -> String \{{)\s*({literal}(?:\s*\+ {literal})*)"
    words = {}
    for match in re.finditer(form, source):
        name = re.sub(r"([A-Z])", lambda letter: f"_{letter[1].lower()}", match[1] or match[2])
        text = "".join(part[1:-1] for part in re.findall(literal, match[3]))
        words[name] = re.sub(r"\\\(\w+\)", "{}", text).replace(r"\n", "\n").replace(r"\"", '"')
    return words


def read_project() -> dict[str, Any]:
    with (XCODE / "project.pbxproj").open() as stream:
        return dict(OpenStepDecoder.ParseFromFile(stream))


def objects_of(project: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {key: entry for key, entry in project["objects"].items() if entry["isa"] == kind}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _texts(entry)
    else:
        for entry in value:
            yield from _texts(entry)


def project_faults(project: dict[str, Any]) -> list[str]:
    """What Xcode would stumble over: objects that are named and missing, or there and not named, and missing files."""
    objects = project["objects"]
    named = {
        text for text in _texts([project["rootObject"], list(objects.values())]) if re.fullmatch("[0-9A-F]{24}", text)
    }
    faults = [f"no object {key}" for key in named - objects.keys()]
    faults += [f"nobody names {key}" for key in objects.keys() - named]
    paths = [entry["path"] for entry in objects_of(project, "PBXFileSystemSynchronizedRootGroup").values()]
    for entry in objects_of(project, "PBXFileReference").values():
        if entry["sourceTree"] != "BUILT_PRODUCTS_DIR":
            paths.append(entry["path"])
    for entry in objects_of(project, "XCLocalSwiftPackageReference").values():
        paths.append(f"{entry['relativePath']}/Package.swift")
    for entry in objects_of(project, "PBXShellScriptBuildPhase").values():
        paths += [path.replace("$(SRCROOT)/", "") for path in entry["inputPaths"]]
    for entry in objects_of(project, "XCBuildConfiguration").values():
        paths += [value for name, value in entry["buildSettings"].items() if name == "INFOPLIST_FILE"]
    for group in objects_of(project, "PBXFileSystemSynchronizedRootGroup").values():
        for key in group.get("exceptions", []):
            exceptions = objects.get(key, {}).get("membershipExceptions", [])
            paths += [f"{group['path']}/{name}" for name in exceptions]
    return faults + [f"no file {path}" for path in paths if not (IOS / path).exists()]


class TestProject:
    def test_everything_it_names_is_there(self) -> None:
        assert project_faults(read_project()) == []

    @pytest.mark.parametrize(
        ("kind", "change", "fault"),
        [
            ("PBXGroup", lambda entry: entry["children"].append("0" * 24), "no object 0{24}"),
            ("PBXNativeTarget", lambda entry: entry["buildPhases"].clear(), "nobody names .*"),
            ("PBXBuildFile", lambda entry: entry.update(fileRef="F" * 24), "no object F{24}"),
            ("PBXFileReference", lambda entry: entry.update(path="../data/gone"), "no file ../data/gone"),
            ("PBXFileSystemSynchronizedRootGroup", lambda entry: entry.update(path="Gone"), "no file Gone"),
            ("XCLocalSwiftPackageReference", lambda entry: entry.update(relativePath="a"), "no file a/Package.swift"),
            ("PBXShellScriptBuildPhase", lambda entry: entry["inputPaths"].append("b.gz"), "no file b.gz"),
            ("XCBuildConfiguration", lambda entry: entry["buildSettings"].update(INFOPLIST_FILE="c"), "no file c"),
        ],
    )
    def test_what_is_missing_is_found(self, kind: str, change: Callable[[dict[str, Any]], None], fault: str) -> None:
        project = read_project()
        change(next(iter(objects_of(project, kind).values())))
        assert [each for each in project_faults(project) if re.fullmatch(fault, each)]

    def test_the_app_is_made_of_its_folders_its_models_and_the_core(self) -> None:
        project = read_project()
        app, tests = _targets(project)
        assert _folders(project, app) == ["RealtimeClassifier", "Models"]
        assert _folders(project, tests) == ["RealtimeClassifierTests"]
        (product,) = objects_of(project, "XCSwiftPackageProductDependency").items()
        assert product[1]["productName"] == "RealtimeCore"
        assert app["packageProductDependencies"] == [product[0]]
        assert '.library(name: "RealtimeCore"' in (IOS / "Package.swift").read_text()
        files = objects_of(project, "PBXBuildFile")
        (frameworks, resources) = (_phase(project, app, kind) for kind in ("Frameworks", "Resources"))
        assert [files[key].get("productRef") for key in frameworks["files"]] == [product[0]]
        (golden,) = (project["objects"][files[key]["fileRef"]] for key in resources["files"])
        assert (golden["path"], golden["lastKnownFileType"]) == ("../data/golden", "folder")
        # The core is in the app that hosts the tests: a second copy would have types of its own.
        assert tests["packageProductDependencies"] == []

    def test_no_stand_in_is_built_into_the_app(self) -> None:
        folders = [entry["path"] for entry in objects_of(read_project(), "PBXFileSystemSynchronizedRootGroup").values()]
        assert not any((IOS / folder / "CoreMLStandIn").exists() or folder == STAND_IN.name for folder in folders)
        assert not [path for folder in folders for path in (IOS / folder).rglob("*") if "stand-in" in path.name.lower()]

    def test_its_settings_are_the_ones_promised(self) -> None:
        project = read_project()
        app, tests = _targets(project)
        for name in ("Debug", "Release"):
            settings = _settings(project, objects_of(project, "PBXProject").popitem()[1], name)
            assert settings["SWIFT_VERSION"] == "6.0"
            assert settings["IPHONEOS_DEPLOYMENT_TARGET"] == "16.0"
            assert settings["ENABLE_USER_SCRIPT_SANDBOXING"] == "YES"
            of_app, of_tests = _settings(project, app, name), _settings(project, tests, name)
            assert of_app["PRODUCT_BUNDLE_IDENTIFIER"] == "io.github.realtimeclassifier"
            assert of_app["INFOPLIST_FILE"] == "RealtimeClassifier/Info.plist"
            assert of_app["ASSETCATALOG_COMPILER_APPICON_NAME"] == "AppIcon"
            assert of_tests["BUNDLE_LOADER"] == "$(TEST_HOST)"
            assert "RealtimeClassifier.app" in of_tests["TEST_HOST"]
            # Whose team signs is for the reader to say.
            assert not any("DEVELOPMENT_TEAM" in each for each in (settings, of_app, of_tests))
        assert (
            _settings(project, objects_of(project, "PBXProject").popitem()[1], "Debug")["ENABLE_TESTABILITY"] == "YES"
        )
        assert (project["objectVersion"], ".iOS(.v16)" in (IOS / "Package.swift").read_text()) == ("77", True)

    def test_its_script_unpacks_the_digits(self, tmp_path: Path) -> None:
        (phase,) = objects_of(read_project(), "PBXShellScriptBuildPhase").values()
        environment = dict(os.environ)
        for number, path in enumerate(phase["inputPaths"]):
            environment[f"SCRIPT_INPUT_FILE_{number}"] = path.replace("$(SRCROOT)", str(IOS))
        for number, path in enumerate(phase["outputPaths"]):
            environment[f"SCRIPT_OUTPUT_FILE_{number}"] = str(tmp_path / Path(path).name)
        subprocess.run([phase["shellPath"], "-c", phase["shellScript"]], env=environment, check=True)
        shapes = {"t10k-images-idx3-ubyte": 16 + 10_000 * 784, "t10k-labels-idx1-ubyte": 8 + 10_000}
        assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == shapes
        for name in shapes:
            assert checked_bytes(DATA / "mnist" / f"{name}.gz")
            assert f'"{name}"' in (APP / "Screens" / "AppModel.swift").read_text()

    def test_its_scheme_builds_and_tests_it(self) -> None:
        project = read_project()
        scheme = ElementTree.parse(XCODE / "xcshareddata" / "xcschemes" / "RealtimeClassifier.xcscheme").getroot()
        targets = objects_of(project, "PBXNativeTarget")
        references = list(scheme.iter("BuildableReference"))
        assert len(references) == 4
        for reference in references:
            target = targets[reference.attrib["BlueprintIdentifier"]]
            product = project["objects"][target["productReference"]]["path"]
            assert reference.attrib["BlueprintName"] == target["name"]
            assert reference.attrib["BuildableName"] == product
            assert reference.attrib["ReferencedContainer"] == f"container:{XCODE.name}"
        configurations = {action.tag: action.get("buildConfiguration") for action in scheme}
        # An app that measures is to be measured as users get it.
        assert (configurations["LaunchAction"], configurations["TestAction"]) == ("Release", "Debug")
        ElementTree.parse(XCODE / "project.xcworkspace" / "contents.xcworkspacedata")


def _targets(project: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    by_name = {entry["name"]: entry for entry in objects_of(project, "PBXNativeTarget").values()}
    return by_name["RealtimeClassifier"], by_name["RealtimeClassifierTests"]


def _folders(project: dict[str, Any], target: dict[str, Any]) -> list[str]:
    return [project["objects"][key]["path"] for key in target["fileSystemSynchronizedGroups"]]


def _phase(project: dict[str, Any], target: dict[str, Any], kind: str) -> dict[str, Any]:
    phases = [project["objects"][key] for key in target["buildPhases"]]
    return dict(next(phase for phase in phases if phase["isa"] == f"PBX{kind}BuildPhase"))


def _settings(project: dict[str, Any], owner: dict[str, Any], name: str) -> dict[str, Any]:
    keys = project["objects"][owner["buildConfigurationList"]]["buildConfigurations"]
    (found,) = [project["objects"][key] for key in keys if project["objects"][key]["name"] == name]
    return dict(found["buildSettings"])


class TestPropertyLists:
    def test_the_camera_is_the_only_thing_asked_for(self) -> None:
        info = plistlib.loads((APP / "Info.plist").read_bytes())
        assert [key for key in info if key.endswith("UsageDescription")] == ["NSCameraUsageDescription"]
        assert len(info["NSCameraUsageDescription"]) > 40
        # So the run logs are seen in the Files app.
        assert info["UIFileSharingEnabled"] is info["LSSupportsOpeningDocumentsInPlace"] is True
        assert info["CFBundleDisplayName"] == _android_words()["app_name"]

    def test_nothing_is_collected(self) -> None:
        privacy = plistlib.loads((APP / "PrivacyInfo.xcprivacy").read_bytes())
        assert privacy["NSPrivacyTracking"] is False
        assert privacy["NSPrivacyCollectedDataTypes"] == []
        kinds = {
            entry["NSPrivacyAccessedAPIType"].rpartition("Category")[2]
            for entry in privacy["NSPrivacyAccessedAPITypes"]
        }
        assert kinds == {"UserDefaults", "SystemBootTime", "FileTimestamp"}
