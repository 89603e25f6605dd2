// swift-tools-version:6.0
// The app where there is no Mac: its sources, with stand-ins for Apple's frameworks, so that the compiler checks every
// type and every crossing of threads, and those unit tests run that need no framework. For Linux only.

import PackageDescription

let frameworks: [(name: String, needs: [Target.Dependency])] = [
    ("CoreVideo", []),
    ("CoreML", ["CoreVideo"]),
    ("CoreMedia", ["CoreVideo"]),
    ("ImageIO", ["CoreVideo"]),
    ("Vision", ["CoreML", "ImageIO"]),
    ("AVFoundation", ["CoreMedia", "ImageIO"]),
    ("Combine", []),
    ("UniformTypeIdentifiers", []),
    ("UIKit", ["AVFoundation"]),
    ("SwiftUI", ["Combine", "UIKit", "UniformTypeIdentifiers"]),
]

let package = Package(
    name: "AppWithoutAMac",
    dependencies: [.package(path: "..")],
    targets: frameworks.map { .target(name: $0.name, dependencies: $0.needs) } + [
        // Links to ../RealtimeClassifier, beside what Xcode would make of its model, and to ../RealtimeClassifierTests.
        .target(
            name: "RealtimeClassifier",
            dependencies: frameworks.map { .init(stringLiteral: $0.name) } + [
                .product(name: "RealtimeCore", package: "ios_app")
            ],
            path: "App",
            exclude: ["Sources/Assets.xcassets", "Sources/Info.plist", "Sources/PrivacyInfo.xcprivacy"],
            // The tests have a beginning of their own.
            swiftSettings: [
                .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "RealtimeClassifier_main"])
            ]),
        .testTarget(
            name: "RealtimeClassifierTests", dependencies: ["RealtimeClassifier"], path: "AppTests/Sources"),
    ],
    swiftLanguageModes: [.v6]
)
