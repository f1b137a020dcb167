package import ArgusZeroMQ

extension ArgusError {
    /// What is wrong with an address or a key, as all other errors say it.
    package init(_ error: ConfigurationError, _ code: Code) {
        self.init(
            code, error.what, at: error.place, found: error.found, expected: error.expected, remedy: error.remedy)
    }
}
