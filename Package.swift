// swift-tools-version: 6.2
import Foundation
import PackageDescription

// LIBTORCH names an unpacked libtorch (include/ and lib/); the launcher sets it. Without it everything but training
// builds, so that environment authors need no libtorch.
let libtorch = Context.environment["LIBTORCH"]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// Tests are compiled twice as fast without the optimiser. Those that count allocations need what it inlines.
let testSettings = settings + [.unsafeFlags(["-Onone"])]

var targets: [Target] = [
    // The plugin boundary and its Swift side. No unsafe build flags here: other packages depend on it.
    .target(name: "CArgusEnv"),
    .target(name: "ArgusEnvAPI", dependencies: ["CArgusEnv"], swiftSettings: settings),
    // Peers: the wire format, without sockets; and ZeroMQ.
    .target(name: "ArgusWire", dependencies: ["ArgusEnvAPI"], swiftSettings: settings),
    .systemLibrary(name: "CZeroMQ"),
    .target(name: "ArgusZeroMQ", dependencies: ["CZeroMQ"], swiftSettings: settings),
    .target(
        name: "ArgusHost",
        dependencies: [
            "ArgusEnvAPI", "ArgusWire", "ArgusZeroMQ", "CArgusEnv", .product(name: "Yams", package: "Yams"),
        ],
        swiftSettings: settings),
    // Language models in a team: prompts, replies, served models, what they cost, and a cache of what they said.
    .target(
        name: "ArgusLanguage",
        dependencies: ["ArgusEnvAPI", "ArgusHost", .product(name: "GRDB", package: "GRDB.swift")],
        swiftSettings: settings),
    .target(name: "ArgusBench", dependencies: ["ArgusEnvAPI", "ArgusHost"], swiftSettings: settings),
    .target(
        name: "ArgusTesting",
        dependencies: ["ArgusHost", "ArgusEnvAPI", "ArgusWire", "ArgusZeroMQ", "CArgusEnv"],
        swiftSettings: settings),
    // The host for other languages, as a shared library.
    .target(name: "CArgusClient"),
    .target(
        name: "ArgusClient", dependencies: ["CArgusClient", "ArgusHost", "ArgusEnvAPI"], swiftSettings: settings),
    .executableTarget(name: "argus-env-runner", dependencies: ["ArgusHost"], swiftSettings: settings),

    // Plugins: the rules in a plain target, the exported entry in one that only the dynamic library uses, since two
    // entries cannot be linked into one test program.
    .target(
        name: "ForagingRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/Foraging/Rules", swiftSettings: settings),
    .target(
        name: "Foraging", dependencies: ["ForagingRules", "ArgusEnvAPI", "CArgusEnv"], path: "Plugins/Foraging/Plugin",
        swiftSettings: settings),
    .target(
        name: "WarehouseRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/Warehouse/Rules",
        swiftSettings: settings),
    .target(
        name: "Warehouse", dependencies: ["WarehouseRules", "ArgusEnvAPI", "CArgusEnv"],
        path: "Plugins/Warehouse/Plugin", swiftSettings: settings),
    .target(
        name: "SkirmishRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/Skirmish/Rules", swiftSettings: settings),
    .target(
        name: "Skirmish", dependencies: ["SkirmishRules", "ArgusEnvAPI", "CArgusEnv"], path: "Plugins/Skirmish/Plugin",
        swiftSettings: settings),
    .target(
        name: "CustomerServiceRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/CustomerService/Rules",
        swiftSettings: settings),
    .target(
        name: "CustomerService", dependencies: ["CustomerServiceRules", "ArgusEnvAPI", "CArgusEnv"],
        path: "Plugins/CustomerService/Plugin", swiftSettings: settings),
    .target(
        name: "ResearchTeamRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/ResearchTeam/Rules",
        swiftSettings: settings),
    .target(
        name: "ResearchTeam", dependencies: ["ResearchTeamRules", "ArgusEnvAPI", "CArgusEnv"],
        path: "Plugins/ResearchTeam/Plugin", swiftSettings: settings),
    .target(
        name: "MatrixGamesRules", dependencies: ["ArgusEnvAPI"], path: "Plugins/MatrixGames/Rules",
        swiftSettings: settings),
    .target(
        name: "MatrixGames", dependencies: ["MatrixGamesRules", "ArgusEnvAPI", "CArgusEnv"],
        path: "Plugins/MatrixGames/Plugin", swiftSettings: settings),
]

targets += [
    .testTarget(
        name: "ArgusEnvAPITests", dependencies: ["ArgusEnvAPI"], exclude: ["Fixtures"], swiftSettings: testSettings),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(
        name: "PluginFixtures", dependencies: ["ArgusHost", "ArgusEnvAPI"], path: "Tests/PluginFixtures",
        swiftSettings: settings),
    .testTarget(
        name: "ArgusHostTests",
        dependencies: ["ArgusHost", "ArgusEnvAPI", "CArgusEnv", "CAllocationCounter", "PluginFixtures"],
        swiftSettings: settings),
    .testTarget(name: "ArgusWireTests", dependencies: ["ArgusWire", "ArgusEnvAPI"], swiftSettings: testSettings),
    .testTarget(
        name: "ArgusZeroMQTests", dependencies: ["ArgusZeroMQ", "CAllocationCounter"], swiftSettings: settings),
    .testTarget(
        name: "ConformanceTests", dependencies: ["ArgusTesting", "ArgusHost", "ArgusEnvAPI", "PluginFixtures"],
        swiftSettings: testSettings),
    .testTarget(
        name: "ArgusBenchTests", dependencies: ["ArgusBench", "ArgusEnvAPI", "ArgusHost"], exclude: ["Fixtures"],
        swiftSettings: testSettings),
    .testTarget(
        name: "ArgusLanguageTests", dependencies: ["ArgusLanguage", "ArgusHost", "ArgusEnvAPI", "PluginFixtures"],
        swiftSettings: testSettings),
    .testTarget(
        name: "WarehouseRulesTests", dependencies: ["WarehouseRules", "ArgusEnvAPI"], exclude: ["Fixtures"],
        swiftSettings: testSettings),
    .testTarget(
        name: "ForagingTests", dependencies: ["ForagingRules", "ArgusEnvAPI"], exclude: ["Fixtures"],
        swiftSettings: testSettings),
    .testTarget(
        name: "SkirmishTests", dependencies: ["SkirmishRules", "ArgusEnvAPI", "CAllocationCounter"],
        exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
        name: "CustomerServiceTests", dependencies: ["CustomerServiceRules", "ArgusEnvAPI", "CAllocationCounter"],
        swiftSettings: settings),
    .testTarget(
        name: "ResearchTeamTests", dependencies: ["ResearchTeamRules", "ArgusEnvAPI", "CAllocationCounter"],
        swiftSettings: settings),
]

// The command trains only where libtorch is; without it `argus train` says what is missing.
var commandDependencies: [Target.Dependency] = [
    "ArgusBench", "ArgusEnvAPI", "ArgusHost", "ArgusLanguage", "ArgusTesting", "ArgusZeroMQ",
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
]
var commandSettings = settings
if let libtorch {
    commandDependencies += ["ArgusTrain", "ArgusModels", "ArgusTensor"]
    commandSettings.append(.define("ARGUS_TRAIN"))
    // Nothing names a symbol of the GPU's part: it registers itself when it is loaded.
    let gpuLibraries = ["torch_cuda", "c10_cuda"].filter {
        FileManager.default.fileExists(atPath: "\(libtorch)/lib/lib\($0).so")
    }
    let gpuFlags = gpuLibraries.flatMap { ["-Xlinker", "--no-as-needed", "-l\($0)", "-Xlinker", "--as-needed"] }
    targets += [
        // What calls libtorch, and a library of its own that is linked with it and loaded when it is first needed.
        .target(name: "CTorch", path: "Sources/CTorch", sources: ["ctorch.c"], linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CTorchLibrary", path: "Sources/CTorch", sources: ["Library"],
            cxxSettings: [
                .unsafeFlags(["-I\(libtorch)/include", "-I\(libtorch)/include/torch/csrc/api/include"])
            ],
            linkerSettings: [
                .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"] + gpuFlags),
                .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
            ]),
        .target(name: "ArgusTensor", dependencies: ["CTorch"], swiftSettings: settings),
        .target(
            name: "ArgusTrain", dependencies: ["ArgusHost", "ArgusEnvAPI", "ArgusTensor"], swiftSettings: settings),
        .testTarget(
            name: "ArgusTensorTests", dependencies: ["ArgusTensor", "ArgusEnvAPI"], swiftSettings: testSettings),
        .testTarget(
            name: "ArgusTrainTests", dependencies: ["ArgusTrain", "ArgusTensor", "ArgusHost", "ArgusEnvAPI"],
            exclude: ["Fixtures"], swiftSettings: testSettings),
        .target(name: "ArgusModels", dependencies: ["ArgusTensor", "ArgusEnvAPI"], swiftSettings: settings),
        .testTarget(
            name: "ArgusModelsTests", dependencies: ["ArgusModels", "ArgusTensor", "ArgusEnvAPI"],
            exclude: ["Reference", "Fixtures"], swiftSettings: testSettings),
    ]
}
targets.append(.executableTarget(name: "argus", dependencies: commandDependencies, swiftSettings: commandSettings))

var products: [Product] = [
    .library(name: "ArgusEnvAPI", targets: ["ArgusEnvAPI"]),
    .library(name: "ArgusHost", targets: ["ArgusHost"]),
    .library(name: "WarehouseRules", targets: ["WarehouseRules"]),
    .executable(name: "argus", targets: ["argus"]),
    .executable(name: "argus-env-runner", targets: ["argus-env-runner"]),
    .library(name: "ArgusClient", type: .dynamic, targets: ["ArgusClient"]),
    .library(name: "Warehouse", type: .dynamic, targets: ["Warehouse"]),
    .library(name: "Foraging", type: .dynamic, targets: ["Foraging"]),
    .library(name: "Skirmish", type: .dynamic, targets: ["Skirmish"]),
    .library(name: "CustomerService", type: .dynamic, targets: ["CustomerService"]),
    .library(name: "ResearchTeam", type: .dynamic, targets: ["ResearchTeam"]),
    .library(name: "MatrixGames", type: .dynamic, targets: ["MatrixGames"]),
]
if libtorch != nil {
    products.append(.library(name: "CTorchLibrary", type: .dynamic, targets: ["CTorchLibrary"]))
    products.append(.library(name: "ArgusTensor", targets: ["ArgusTensor"]))
    products.append(.library(name: "ArgusModels", targets: ["ArgusModels"]))
}

let package = Package(
    name: "ArgusOrch",
    products: products,
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    ],
    targets: targets,
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .gnucxx20
)
