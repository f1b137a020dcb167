/// An object of a received document, read key by key; errors name the key and where it stands.
///
/// Keys that are not asked for are ignored: later minor versions add some. A key with the value null counts as absent.
public struct JSONFields {
    private let members: [String: JSONValue]
    /// Where the object stands, such as `meta of CREATE` or `specification, agents[3]`.
    public let place: String

    /// - Throws: code `invalid-request` when the value is no object.
    public init(_ value: JSONValue, _ place: String) throws(WireError) {
        guard case .object(let members) = value else {
            throw WireError(.invalidRequest, "\(place): found \(value.kind), expected an object")
        }
        self.members = members
        self.place = place
    }

    /// A whole JSON document in UTF-8; no bytes are the empty object.
    public init(bytes: UnsafeRawBufferPointer, _ place: String) throws(WireError) {
        try self.init(bytes.isEmpty ? .object([:]) : JSONReader.read(bytes, place), place)
    }

    var keys: [String] { members.keys.sorted() }

    public func contains(_ key: String) -> Bool { value(key) != nil }

    func value(_ key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    func refused(_ key: String, _ expected: String) -> WireError {
        let found = members[key].map(\.kind) ?? "nothing"
        return WireError(.invalidRequest, "key '\(key)' of \(place): found \(found), expected \(expected)")
    }

    private func required<Value>(_ value: Value?, _ key: String, _ expected: String) throws(WireError) -> Value {
        guard let value else { throw refused(key, expected) }
        return value
    }

    // MARK: Scalars

    func optionalInteger(_ key: String, _ range: ClosedRange<Int>) throws(WireError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let integer) = value, range.contains(integer) else {
            throw refused(key, JSONFields.integer(range))
        }
        return integer
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(WireError) -> Int {
        try required(optionalInteger(key, range), key, JSONFields.integer(range))
    }

    private static func integer(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "an integer from \(range.lowerBound)" : "an integer from \(range.lowerBound) to \(range.upperBound)"
    }

    func optionalNumber(_ key: String) throws(WireError) -> Double? {
        guard let value = value(key) else { return nil }
        switch value {
        case .integer(let integer): return Double(integer)
        case .number(let number): return number
        default: throw refused(key, "a number")
        }
    }

    func number(_ key: String) throws(WireError) -> Double { try required(optionalNumber(key), key, "a number") }

    func optionalBoolean(_ key: String) throws(WireError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .boolean(let boolean) = value else { throw refused(key, "true or false") }
        return boolean
    }

    func boolean(_ key: String) throws(WireError) -> Bool {
        try required(optionalBoolean(key), key, "true or false")
    }

    func optionalString(_ key: String) throws(WireError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let string) = value else { throw refused(key, "a string") }
        return string
    }

    func string(_ key: String) throws(WireError) -> String { try required(optionalString(key), key, "a string") }

    // MARK: Lists and objects

    func optionalArray(_ key: String) throws(WireError) -> [JSONValue]? {
        guard let value = value(key) else { return nil }
        guard case .array(let elements) = value else { throw refused(key, "a list") }
        return elements
    }

    func integers(_ key: String, _ range: ClosedRange<Int>) throws(WireError) -> [Int] {
        var integers: [Int] = []
        for element in try required(optionalArray(key), key, "a list of integers") {
            guard case .integer(let integer) = element, range.contains(integer) else {
                throw refused(key, "a list with \(JSONFields.integer(range)) in each place (one is \(element.kind))")
            }
            integers.append(integer)
        }
        return integers
    }

    func optionalStrings(_ key: String) throws(WireError) -> [String]? {
        guard let elements = try optionalArray(key) else { return nil }
        var strings: [String] = []
        for element in elements {
            guard case .string(let string) = element else {
                throw refused(key, "a list of strings (one element is \(element.kind))")
            }
            strings.append(string)
        }
        return strings
    }

    func strings(_ key: String) throws(WireError) -> [String] {
        try required(optionalStrings(key), key, "a list of strings")
    }

    /// f32 numbers; null where `unbounded` has a value, which then stands there.
    func optionalSingles(_ key: String, unbounded: Float? = nil) throws(WireError) -> [Float]? {
        guard let elements = try optionalArray(key) else { return nil }
        var singles: [Float] = []
        singles.reserveCapacity(elements.count)
        for element in elements {
            let number: Double
            switch element {
            case .integer(let integer): number = Double(integer)
            case .number(let found): number = found
            case .null where unbounded != nil:
                singles.append(unbounded ?? 0)
                continue
            default: throw refused(key, "a list of numbers (one element is \(element.kind))")
            }
            guard Float(number).isFinite else { throw refused(key, "a list of 32-bit floats (one is \(number))") }
            singles.append(Float(number))
        }
        return singles
    }

    func optionalObject(_ key: String) throws(WireError) -> JSONFields? {
        guard let value = value(key) else { return nil }
        guard case .object = value else { throw refused(key, "an object") }
        return try JSONFields(value, "\(place), \(key)")
    }

    func object(_ key: String) throws(WireError) -> JSONFields {
        try required(optionalObject(key), key, "an object")
    }

    /// A list of objects; absent is empty unless `isRequired`.
    func objects(_ key: String, atMost limit: Int, isRequired: Bool = false) throws(WireError) -> [JSONFields] {
        guard let elements = try optionalArray(key) else {
            if isRequired { throw refused(key, "a list of objects") }
            return []
        }
        guard elements.count <= limit else { throw refused(key, "at most \(limit) elements") }
        var objects: [JSONFields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try JSONFields(element, "\(place), \(key)[\(index)]"))
        }
        return objects
    }
}
