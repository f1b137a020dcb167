// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "GridWorld",
    products: [
        // Becomes libGridWorld.so: this file is the plugin.
        .library(name: "GridWorld", type: .dynamic, targets: ["GridWorld"])
    ],
    dependencies: [
        // In a repository of your own, put the path or URL of ArgusOrch here.
        .package(name: "ArgusOrch", path: "../..")
    ],
    targets: [
        .target(name: "GridWorld", dependencies: [.product(name: "ArgusEnvAPI", package: "ArgusOrch")])
    ],
    swiftLanguageModes: [.v6]
)
