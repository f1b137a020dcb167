import CZeroMQ
import Glibc

/// What a socket or file descriptor can do without waiting.
public struct Readiness: OptionSet, Sendable, Hashable {
    public let rawValue: Int16
    public init(rawValue: Int16) { self.rawValue = rawValue }

    public static let read = Readiness(rawValue: Int16(ZMQ_POLLIN))
    public static let write = Readiness(rawValue: Int16(ZMQ_POLLOUT))
    /// For file descriptors: an error, or the other end is closed.
    public static let error = Readiness(rawValue: Int16(ZMQ_POLLERR))
}

/// Waits for several sockets, monitors and file descriptors at once. Level-triggered.
///
/// It allocates when something is added, not when it waits. Like its sockets it belongs to one thread at a time.
///
/// ```swift
/// var poller = Poller()
/// let peer = poller.add(socket), process = poller.add(fileDescriptor: pidfd)
/// try poller.wait(timeout: .seconds(1))
/// if poller[peer].contains(.read) { … }
/// ```
public struct Poller: ~Copyable {
    /// Something that is waited for, until it is removed.
    public struct Item: Sendable, Hashable {
        fileprivate let index: Int
    }

    private var items: UnsafeMutablePointer<zmq_pollitem_t>
    private var capacity: Int
    private var count = 0
    // Beside each item, to notice that its socket was closed.
    private var handles: [SocketHandle?] = []

    /// - Parameter capacity: room for so many items at first; libzmq itself allocates in each wait for more than 16.
    public init(capacity: Int = 8) {
        self.capacity = max(1, capacity)
        items = .allocate(capacity: self.capacity)
        handles.reserveCapacity(self.capacity)
    }

    deinit { items.deallocate() }

    /// Waits for `socket` too. Remove it before it is closed, else the next wait throws.
    public mutating func add(_ socket: borrowing Socket, for interest: Readiness = .read) -> Item {
        add(zmq_pollitem_t(socket: socket.handle.pointer, fd: 0, events: interest.rawValue, revents: 0), socket.handle)
    }

    /// Waits for the events of `monitor` too.
    public mutating func add(_ monitor: borrowing SocketMonitor) -> Item { add(monitor.events) }

    /// Waits for a file descriptor too: a pipe, a process (pidfd), an eventfd. It stays the caller's.
    public mutating func add(fileDescriptor: Int32, for interest: Readiness = .read) -> Item {
        add(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: interest.rawValue, revents: 0), nil)
    }

    /// Waits for something else of `item` from now on; an empty set rests it.
    public mutating func setInterest(of item: Item, to interest: Readiness) {
        guard item.index < count else { return }
        items[item.index].events = interest.rawValue
    }

    /// Waits no longer for `item`, whose place another may take.
    public mutating func remove(_ item: Item) {
        guard item.index < count else { return }
        handles[item.index] = nil
        items[item.index] = Poller.vacant
    }

    /// What the last wait found `item` able to do.
    public subscript(item: Item) -> Readiness {
        item.index < count ? Readiness(rawValue: items[item.index].revents) : []
    }

    /// Waits until something is ready, at most for `timeout`; zero looks without waiting, nil waits for ever.
    ///
    /// - Returns: the number of items that are ready.
    /// - Throws: ``ZeroMQError``: terminated, or notSocket when a socket was closed that was not removed.
    @discardableResult
    public mutating func wait(timeout: Duration?) throws(ZeroMQError) -> Int {
        for index in 0..<count where items[index].socket != nil && handles[index]?.pointer == nil {
            throw ZeroMQError(.notSocket, call: "zmq_poll")
        }
        guard let timeout else { return try poll(milliseconds: -1, until: nil) }
        let limit = timeout.wholeMilliseconds
        return try poll(milliseconds: limit, until: limit == 0 ? nil : ContinuousClock.now.advanced(by: timeout))
    }

    /// Polls; a signal that interrupts the wait does not shorten it.
    private func poll(milliseconds: Int32, until deadline: ContinuousClock.Instant?) throws(ZeroMQError) -> Int {
        var remaining = milliseconds
        while true {
            let ready = zmq_poll(items, Int32(count), Int(remaining))
            if ready >= 0 { return Int(ready) }
            guard zmq_errno() == EINTR else { throw ZeroMQError.latest("zmq_poll") }
            if let deadline { remaining = ContinuousClock.now.duration(to: deadline).wholeMilliseconds }
        }
    }

    // poll(2) passes over negative descriptors.
    private static var vacant: zmq_pollitem_t { zmq_pollitem_t(socket: nil, fd: -1, events: 0, revents: 0) }

    private mutating func add(_ item: zmq_pollitem_t, _ handle: SocketHandle?) -> Item {
        if let free = (0..<count).first(where: { items[$0].socket == nil && items[$0].fd == -1 }) {
            items[free] = item
            handles[free] = handle
            return Item(index: free)
        }
        if count == capacity {
            let grown = UnsafeMutablePointer<zmq_pollitem_t>.allocate(capacity: 2 * capacity)
            grown.moveInitialize(from: items, count: count)
            items.deallocate()
            items = grown
            capacity *= 2
        }
        (items + count).initialize(to: item)
        handles.append(handle)
        count += 1
        return Item(index: count - 1)
    }
}
