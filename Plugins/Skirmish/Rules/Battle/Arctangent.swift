#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The angle in (-π/2, π/2) whose tangent is `value`.
@inline(__always)
func arctangent(_ value: Float) -> Float { atanf(value) }
