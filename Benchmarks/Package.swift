// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds ArgusOrch builds its benchmarks.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "ArgusOrch", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "argus-benchmark",
            dependencies: [
                .product(name: "ArgusHost", package: "ArgusOrch"),
                .product(name: "ArgusEnvAPI", package: "ArgusOrch"),
                .product(name: "ArgusTensor", package: "ArgusOrch"),
                .product(name: "CTorchLibrary", package: "ArgusOrch"),
                .product(name: "ArgusModels", package: "ArgusOrch"),
                .product(name: "WarehouseRules", package: "ArgusOrch"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
