// swift-tools-version:6.0
// Swift 6 throughout: complete checking of concurrency is part of the language mode.

import PackageDescription

let package = Package(
    name: "RealtimeCore",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "RealtimeCore", targets: ["RealtimeCore"]),
        .executable(name: "realtime", targets: ["realtime"]),
    ],
    targets: [
        // The app without its screens: Foundation and Dispatch, no framework that only Apple's systems have.
        .target(name: "RealtimeCore"),
        // The core from a terminal, with an engine that only waits; the program itself is one call of it.
        .target(name: "RealtimeDesktop", dependencies: ["RealtimeCore"]),
        .executableTarget(name: "realtime", dependencies: ["RealtimeDesktop"]),
        .testTarget(name: "RealtimeCoreTests", dependencies: ["RealtimeCore", "RealtimeDesktop"]),
    ],
    swiftLanguageModes: [.v6]
)
