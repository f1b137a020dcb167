// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "__Type__",
    products: [
        // Becomes lib__Type__.so: this file is the plugin.
        .library(name: "__Type__", type: .dynamic, targets: ["__Type__"])
    ],
    dependencies: [
        // Where ArgusOrch is: its folder, or its URL and version.
        .package(name: "ArgusOrch", path: "__argus_swift__")
    ],
    targets: [
        .target(name: "__Type__", dependencies: [.product(name: "ArgusEnvAPI", package: "ArgusOrch")]),
        .testTarget(
            name: "__Type__Tests",
            dependencies: ["__Type__", .product(name: "ArgusEnvAPI", package: "ArgusOrch")]),
    ],
    swiftLanguageModes: [.v6]
)
