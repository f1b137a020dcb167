/// The FNV-1a hash, 64 bits, of a specification's bytes (Fowler, Noll & Vo; offset basis and prime as published).
///
/// It tells specifications apart; it is no defence against someone who wants two to be taken for one.
public enum SpecificationHash {
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return hash
    }
}
