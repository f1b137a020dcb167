import ArgusEnvAPI

#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// Draws that belong to one contact: the same whatever the experts do, so that policies are compared on the same
/// customers, and other ones when the seed of the future changes.
struct ChanceDraws: Sendable, Hashable {
    /// What a contact's draws are for. Service draws are counted on from the last.
    enum Purpose: UInt64 {
        case wording = 0
        case truth = 1
        case otherKind = 2
        case scores = 3
        case patience = 4
        case diagnosis = 5
        case service = 512
    }

    var seed: UInt64

    func bits(_ serial: UInt64, _ purpose: Purpose, _ number: UInt64 = 0) -> UInt64 {
        let key = SplitMix64.mix(seed ^ (serial &* 0xD134_2543_DE82_EF95))
        return SplitMix64.mix(key &+ (purpose.rawValue &+ number &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// In (0, 1], with 53 bits.
    func uniform(_ serial: UInt64, _ purpose: Purpose, _ number: UInt64 = 0) -> Double {
        Self.uniform(bits(serial, purpose, number))
    }

    static func uniform(_ bits: UInt64) -> Double { Double((bits >> 11) + 1) * 0x1p-53 }

    /// Exponential with mean 1.
    static func exponential(_ bits: UInt64) -> Double { -log(uniform(bits)) }

    /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
    static func normal(_ bits: UInt64, _ more: UInt64) -> Double {
        (-2 * log(uniform(bits))).squareRoot() * cos(2 * Double.pi * uniform(more))
    }
}

extension ServiceConfiguration.HandlingDistribution {
    /// A positive number with mean 1, from two independent words of random bits.
    func draw(_ bits: UInt64, _ more: UInt64) -> Double {
        switch self {
        case .exponential: ChanceDraws.exponential(bits)
        case .logNormal(let sigma): exp(sigma * ChanceDraws.normal(bits, more) - sigma * sigma / 2)
        }
    }
}
