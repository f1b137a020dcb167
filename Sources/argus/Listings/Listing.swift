import ArgusHost

/// What `argus list` shows of one kind of things: as a table and as JSON.
protocol Listing {
    associatedtype Item: Encodable

    var items: [Item] { get }
    var table: TextTable { get }
    /// A sentence below the table.
    var note: String? { get }
    /// Things that could not be read.
    var problems: [ArgusError] { get }
}

extension Listing {
    var note: String? { nil }
    var problems: [ArgusError] { [] }
}
