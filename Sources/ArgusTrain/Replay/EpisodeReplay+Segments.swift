import ArgusHost
import ArgusTensor
import Foundation

/// Segments: files of episodes, written once and never changed.
extension EpisodeReplay {
    struct Segment: Hashable {
        var number: Int
        /// Number of its first episode.
        var first: Int
        var count: Int
        var bytes: Int
        /// ``Fingerprint`` of its content.
        var checksum: UInt64
    }

    private func path(_ number: Int) -> String { "\(folder)/segment-\(number).episodes" }

    /// Writes the episodes that came since the last time, before a checkpoint that names them.
    func save() throws(ArgusError) {
        try AtomicFile.makeFolder(folder)
        let firstNew = max(savedEnd, first)
        segments.removeAll { $0.first + $0.count <= first }
        guard firstNew < end else { return }
        var content: [UInt8] = []
        content.reserveCapacity(
            (firstNew..<end).reduce(0) { $0 + withEpisode($1) { layout.bytes(steps: $0.steps) + 8 } })
        for number in firstNew..<end { withEpisode(number) { $0.append(to: &content) } }
        try AtomicFile.write(Data(content), to: path(nextSegment))
        segments.append(
            Segment(
                number: nextSegment, first: firstNew, count: end - firstNew, bytes: content.count,
                checksum: Fingerprint.fnv1a64(content)))
        nextSegment += 1
        savedEnd = end
    }

    /// Removes the files that no checkpoint needs, after one that names the others is safe on disk.
    func dropUnused() {
        let needed = Set(segments.map { path($0.number) })
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files where file.hasSuffix(".episodes") && !needed.contains("\(folder)/\(file)") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
    }

    // MARK: In a checkpoint

    /// [first, next segment, then number, first, count, bytes, checksum of each segment]
    var description: [Int] {
        [first, nextSegment]
            + segments.flatMap { [$0.number, $0.first, $0.count, $0.bytes, Int(truncatingIfNeeded: $0.checksum)] }
    }

    /// Reads the episodes of a checkpoint that holds `description`.
    func restore(_ description: [Int]) throws {
        guard description.count >= 2, (description.count - 2) % 5 == 0, description[0] >= 0, description[1] >= 0 else {
            throw TensorError(code: .fileFormat, message: "checkpoint: the list of replay segments is damaged")
        }
        var segments: [Segment] = []
        for place in stride(from: 2, to: description.count, by: 5) {
            let words = description[place..<place + 5].map { UInt64(bitPattern: Int64($0)) }
            guard let number = Int(exactly: words[0]), let first = Int(exactly: words[1]),
                let count = Int(exactly: words[2]), let bytes = Int(exactly: words[3]), count < 1 << 40, first < 1 << 60
            else { throw TensorError(code: .fileFormat, message: "checkpoint: a replay segment is damaged") }
            segments.append(Segment(number: number, first: first, count: count, bytes: bytes, checksum: words[4]))
        }
        restart(at: description[0])
        var next = description[0]
        for segment in segments {
            guard segment.first <= next, segment.first + segment.count > next else { throw damaged(segment, "a gap") }
            for (index, episode) in try read(segment).enumerated() where segment.first + index == next {
                add(episode)
                next += 1
            }
        }
        guard first == description[0] else {
            throw TensorError(code: .fileFormat, message: "checkpoint: the replay does not fit the buffer's size")
        }
        self.segments = segments
        savedEnd = next
        nextSegment = description[1]
    }

    private func read(_ segment: Segment) throws -> [Episode] {
        guard let data = FileManager.default.contents(atPath: path(segment.number)) else {
            throw damaged(segment, "no file")
        }
        let bytes = [UInt8](data)
        guard bytes.count == segment.bytes, Fingerprint.fnv1a64(bytes) == segment.checksum else {
            throw damaged(segment, "\(bytes.count) bytes or other content")
        }
        var offset = 0
        var episodes: [Episode] = []
        while offset < bytes.count {
            guard let episode = Episode(bytes, at: &offset, layout) else { throw damaged(segment, "no episode") }
            episodes.append(episode)
        }
        guard episodes.count == segment.count else { throw damaged(segment, "\(episodes.count) episodes") }
        return episodes
    }

    private func damaged(_ segment: Segment, _ found: String) -> ArgusError {
        ArgusError(
            .checkpoint, "unusable replay segment", at: path(segment.number), found: found,
            expected: "\(segment.count) episodes in \(segment.bytes) bytes, undamaged",
            remedy: "a new run: the replay is part of the checkpoint")
    }
}
