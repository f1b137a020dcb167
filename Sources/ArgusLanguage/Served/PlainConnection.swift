import Foundation
import FoundationNetworking
import Glibc

/// One HTTP/1.1 exchange over a connection of its own, with one deadline for all of it but the look-up of
/// the host's name.
///
/// Why not URLSession, which does this for https: with several requests at once on Linux it never sends about one in a
/// hundred, and one whose kept connection the server has closed waits until its time is up. A local server is asked
/// thousands of times a minute, and each such request would cost an episode.
struct PlainConnection: ~Copyable {
    private let socket: Int32
    /// Seconds of the monotonic clock.
    private let deadline: Double

    private enum Fault: Error {
        case timeout
        case connection(String)
    }

    /// The head of a response at most.
    private static let largestHead = 1 << 16

    static func exchange(_ request: URLRequest, timeout: Double) -> HTTPExchange {
        do throws(Fault) {
            guard let url = request.url, let host = url.host else { throw .connection("no address") }
            let connection = try PlainConnection(host: host, port: url.port ?? 80, deadline: now + timeout)
            try connection.send(PlainConnection.text(request, url, host))
            return try connection.receive()
        } catch {
            return switch error {
            case .timeout: .timeout
            case .connection(let words): .connection(words)
            }
        }
    }

    private init(host: String, port: Int, deadline: Double) throws(Fault) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard getaddrinfo(name, "\(port)", &hints, &list) == 0 else { throw .connection("no such host") }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        var next = list
        while let address = next {
            next = address.pointee.ai_next
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let file = Glibc.socket(address.pointee.ai_family, type, 0)
            guard file >= 0 else { continue }
            var problem: Int32 = 0
            if connect(file, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 {
                problem = errno
                if problem == EINPROGRESS {
                    guard PlainConnection.wait(file, POLLOUT, until: deadline) else {
                        close(file)
                        throw .timeout
                    }
                    var size = socklen_t(MemoryLayout<Int32>.size)
                    getsockopt(file, SOL_SOCKET, SO_ERROR, &problem, &size)
                }
            }
            guard problem != 0 else {
                socket = file
                self.deadline = deadline
                return
            }
            reason = String(cString: strerror(problem)).lowercased()
            close(file)
        }
        throw .connection(reason)
    }

    deinit { close(socket) }

    private static func text(_ request: URLRequest, _ url: URL, _ host: String) -> Data {
        let body = request.httpBody ?? Data()
        var path = url.path(percentEncoded: true)
        if let query = url.query(percentEncoded: true) { path += "?" + query }
        let port = url.port.map { ":\($0)" } ?? ""
        // An IPv6 address has its brackets here.
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        var lines = ["\(request.httpMethod ?? "GET") \(path.isEmpty ? "/" : path) HTTP/1.1", "Host: \(name)\(port)"]
        lines += ["Connection: close", "Content-Length: \(body.count)"]
        lines += (request.allHTTPHeaderFields ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    // MARK: Bytes

    private func send(_ data: Data) throws(Fault) {
        let bytes = [UInt8](data)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                guard PlainConnection.wait(socket, POLLOUT, until: deadline) else { throw .timeout }
            } else if errno != EINTR {
                throw .connection("the connection broke")
            }
        }
    }

    /// Appends what there is. False: the server has closed the connection.
    private func read(into bytes: inout [UInt8]) throws(Fault) -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Also of a server that never stops sending.
            guard PlainConnection.now < deadline else { throw .timeout }
            let count = recv(socket, &piece, piece.count, 0)
            if count > 0 {
                bytes += piece[..<count]
                return true
            }
            if count == 0 { return false }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { throw .connection("the connection broke") }
            guard PlainConnection.wait(socket, POLLIN, until: deadline) else { throw .timeout }
        }
    }

    private static func wait(_ file: Int32, _ event: Int32, until deadline: Double) -> Bool {
        while true {
            let left = deadline - now
            guard left > 0 else { return false }
            var request = pollfd(fd: file, events: Int16(event), revents: 0)
            let count = poll(&request, 1, Int32(min(left * 1000 + 1, 1_000_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    // MARK: Response

    private struct Head {
        var status: Int
        /// By lower-case name.
        var fields: [String: String]
        /// Bytes, the empty line included.
        var length: Int
    }

    private func receive() throws(Fault) -> HTTPExchange {
        var bytes: [UInt8] = []
        var head: Head?
        var isOpen = true
        while true {
            if head == nil { head = try PlainConnection.head(bytes) }
            if let found = head, (100..<200).contains(found.status) {
                bytes.removeFirst(found.length)
                head = nil
                continue
            }
            if let head, let body = try PlainConnection.body(bytes[head.length...], head, isOpen) {
                return .response(status: head.status, retryAfter: head.fields["retry-after"], body: Data(body))
            }
            guard isOpen else {
                throw .connection(bytes.isEmpty ? "closed without a response" : "the connection broke")
            }
            guard bytes.count <= HTTPClient.largestBody else { throw .connection("a response of \(bytes.count) bytes") }
            isOpen = try read(into: &bytes)
        }
    }

    /// Nil: not all of it is there.
    private static func head(_ bytes: [UInt8]) throws(Fault) -> Head? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            let isHTTP = zip(bytes, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
            guard isHTTP, bytes.count <= largestHead else { throw .connection("no HTTP response") }
            return nil
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = (lines.first ?? "").split(separator: " ")
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]), (100...599).contains(status)
        else { throw .connection("no HTTP response") }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return Head(status: status, fields: fields, length: end.upperBound)
    }

    /// Nil: not all of it is there.
    private static func body(_ bytes: ArraySlice<UInt8>, _ head: Head, _ isOpen: Bool) throws(Fault) -> [UInt8]? {
        if head.fields["transfer-encoding"]?.lowercased().contains("chunked") ?? false { return try chunks(bytes) }
        guard let text = head.fields["content-length"] else { return isOpen ? nil : Array(bytes) }
        guard let length = Int(text), (0...HTTPClient.largestBody).contains(length) else {
            throw .connection("a response of \(text) bytes")
        }
        return bytes.count >= length ? Array(bytes.prefix(length)) : nil
    }

    /// The pieces of a chunked body together.
    private static func chunks(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [UInt8]? {
        var body: [UInt8] = []
        var rest = bytes
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = String(decoding: rest[..<end.lowerBound].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let length = Int(size.trimmingCharacters(in: .whitespaces), radix: 16),
                (0...HTTPClient.largestBody).contains(length)
            else { throw .connection("no HTTP response") }
            rest = rest[end.upperBound...]
            if length == 0 { return body }
            guard rest.count >= length + 2 else { return nil }
            body += rest.prefix(length)
            rest = rest.dropFirst(length + 2)
        }
        return nil
    }
}
