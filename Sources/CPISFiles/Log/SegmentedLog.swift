/// A log in a folder of its own: frames in a chain, in files of bounded length, for one owner at a time.
///
/// It serves whoever must not lose what was appended: each call blocks until the disk is done, and what it acknowledged
/// outlives a power cut. Once a sync or a rename has failed nothing is known about what is on the disk, and the log is
/// stopped for good; opening it anew finds out. `Documentation/Formats/Log.md` has the bytes.
///
/// A segment is begun only once all before it is durable, and its first frame carries the checksum of the last one
/// before it. So a segment that another follows needs no second look; only the last may hold what was written and never
/// synced, and it is written anew when the log is opened, as a system may drop what it could not write and call the
/// next sync good.
///
/// Open it, then say how it goes on: ``resume(_:)`` or ``startAfresh(_:parts:)``. If that fails, close it.
package struct SegmentedLog: Sendable {
  /// Sizes of its parts.
  package struct Limits: Hashable, Sendable {
    /// A segment that is longer is followed by the next.
    package var segmentBytes = 4 << 20
    /// A segment that is longer is none of ours, and not read. None is written that is longer.
    package var longestSegment = 1 << 30
    /// Makes the usual sizes.
    package init() {}
  }

  private enum State { case open, stopped, closed }

  private let folder: Folder
  private let format: LogFormat
  private let limits: Limits
  private let lock: HeldFile
  /// What opening read, until it is said how the log goes on.
  private var reader: LogReader?
  /// The last segment's file.
  private var file: HeldFile?
  /// Segments that no longer count, until they are known to be gone from the disk.
  private var obsolete: [UInt64] = []
  /// The segments that count, as far as they were read or written.
  private var segments: [UInt64] = []
  private var sequence: UInt64 = 0
  private var checksum: UInt64 = 0
  private var state = State.open
  /// How much room is set aside, as far as is known.
  private var reservedBytes = 0
  /// Whether that room was given up for a record, and could not be set aside again.
  package private(set) var hasSpentReserve = false

  /// Of the last segment.
  package private(set) var segmentBytes = 0
  /// How many bytes the segments have that count, as far as they were read or written.
  package private(set) var bytes = 0
  /// What opening it found.
  package let findings: [LogFinding]

  /// Whether segments that no longer count could not be removed yet.
  package var hasObsolete: Bool { !obsolete.isEmpty }
  /// Whether the last segment is so long that the next should begin.
  package var isSegmentFull: Bool { segmentBytes > limits.segmentBytes }
  /// How many segments count, as far as they were read or written.
  package var segmentCount: Int { segments.count }
  /// The names of files in the folder that were none of the log's when it was opened.
  package let namesOfOthers: [String]
  /// Whether the log has no segment yet.
  package var isEmpty: Bool { segments.isEmpty }

  /// Opens the log in a folder, makes the folder if it is not there, and reads what it holds.
  ///
  /// What could not be read is set aside in files of its own first.
  package init(
    _ fileSystem: any FileSystem, folder path: String, _ format: LogFormat, _ extent: LogExtent, _ limits: Limits,
    into replay: inout some LogReplay
  ) throws(LogError) {
    let folder: Folder
    do throws(FileSystemError) { folder = try Folder.ours(fileSystem, path) } catch { throw .disk(error) }
    let lock: HeldFile?
    do throws(FileSystemError) {
      lock = try folder.lock()
    } catch {
      folder.close()
      throw .disk(error)
    }
    guard let lock else {
      folder.close()
      throw .inUse
    }
    do throws(LogError) {
      let reader = try LogReader(
        folder, format, extent, longestSegment: limits.longestSegment, keepsDamage: true, into: &replay)
      try Self.keepDamage(reader, in: folder)
      (self.folder, self.format, self.limits, self.lock, self.reader) = (folder, format, limits, lock, reader)
      findings = reader.findings
      namesOfOthers = reader.namesOfOthers
      if extent == .sinceFreshStart { obsolete = reader.older }
      segments = reader.segments.map(\.number)
      bytes = reader.segments.reduce(0) { $0 + $1.length }
      sequence = max(reader.lastSequence, segments.last ?? 0)
      checksum = reader.lastChecksum
    } catch {
      folder.close(lock)
      folder.close()
      throw error
    }
  }

  private static func keepDamage(_ reader: LogReader, in folder: Folder) throws(LogError) {
    do throws(FileSystemError) {
      for damage in reader.damages {
        let name = LogName.quarantine(segment: damage.segment, offset: damage.offset, damage.bytes)
        // Set aside by an open that came no further.
        if reader.quarantined.contains(name) { continue }
        folder.close(
          try folder.createWhole(name) { (file) throws(FileSystemError) in
            try folder.write(file, damage.bytes, at: 0)
          })
      }
      // What holds the bytes now must be there for certain before the segment is written anew without them.
      if !reader.damages.isEmpty { try folder.syncNames() }
    } catch {
      throw .disk(error)
    }
  }

  /// Gives the folder up. Later calls throw `closed`.
  package mutating func close() {
    guard state != .closed else { return }
    state = .closed
    if let file { folder.close(file) }
    folder.close(lock)
    folder.close()
  }
}

// MARK: How an opened log goes on

extension SegmentedLog {
  /// Goes on after what was read: the last segment is written anew, so that all of it is durable, and after damage, or
  /// where there is none, a new one begins.
  ///
  /// - Parameter start: what a new segment begins with.
  package mutating func resume(_ start: [UInt8]) throws(LogError) {
    guard let reader else { return }
    try guarded { (log) throws(FileSystemError) in
      if let last = reader.segments.last, !reader.tail.isEmpty { try log.writeAnew(last.number, reader.tail) }
      if log.hasObsolete { try log.removeObsoleteFiles() }
    }
    if file == nil {
      try startSegment(start)
    } else if findings.contains(where: \.isDamage) {
      // Where there is no room for it, the log goes on in the segment that is good now: whoever opens it must be told.
      do throws(LogError) { try startSegment(start) } catch { if state == .stopped { throw error } }
    }
    self.reader = nil
  }

  private mutating func writeAnew(_ number: UInt64, _ tail: [UInt8]) throws(FileSystemError) {
    file = try folder.createWhole(LogName.segment(first: number, of: format)) { (file) throws(FileSystemError) in
      try folder.write(file, tail, at: 0)
    }
    bytes += tail.count - (reader?.segments.last?.length ?? tail.count)
    segmentBytes = tail.count
    try folder.syncNames()
  }

  /// Goes on in a new segment that begins with all that counts, and makes the older ones obsolete.
  ///
  /// - Parameters:
  ///   - start: what the segment begins with.
  ///   - parts: what follows, at least one.
  package mutating func startAfresh(_ start: [UInt8], parts: some Collection<[UInt8]>) throws(LogError) {
    if let refusal { throw refusal }
    let old = segments
    try begin(start, parts: parts)
    segments.removeFirst(old.count)
    obsolete += old
    bytes = segmentBytes
    reader = nil
  }

  /// Goes on in a new segment.
  ///
  /// - Parameter start: what the segment begins with.
  package mutating func startSegment(_ start: [UInt8]) throws(LogError) {
    if let refusal { throw refusal }
    try begin(start, parts: EmptyCollection())
  }

  /// Removes the segments that no longer count. They stay listed until all are gone for good, so that nobody is
  /// told "erased" while one that could not be removed still holds a payload.
  package mutating func removeObsolete() throws(LogError) {
    if let refusal { throw refusal }
    guard hasObsolete else { return }
    try guarded { (log) throws(FileSystemError) in try log.removeObsoleteFiles() }
  }

  private mutating func removeObsoleteFiles() throws(FileSystemError) {
    for number in obsolete { try folder.remove(LogName.segment(first: number, of: format)) }
    try folder.syncNames()
    obsolete = []
  }

  /// How many bytes of a new segment are written at once, at least.
  private static let writtenAtOnce = 256 << 10

  private mutating func begin(_ start: [UInt8], parts: some Collection<[UInt8]>) throws(LogError) {
    guard sequence + UInt64(parts.count) < Frame.highestSequence else {
      throw .disk(FileSystemError(.open, .notTrusted))
    }
    var head = ByteWriter()
    head.put(UInt32(parts.count))
    head.put(start)
    let format = format
    var (sequence, checksum, length, unwritten) = (sequence, checksum, 0, [UInt8]())
    func add(_ kind: Frame.Kind, _ payload: [UInt8]) {
      let frame = Frame(kind: kind, sequence: sequence + 1, previous: checksum, payload: payload[...])
      let (encoded, next) = frame.encoded(format)
      unwritten += encoded
      (sequence, checksum) = (sequence + 1, next)
    }
    let number = self.sequence + 1
    try guarded { (log) throws(FileSystemError) in
      try log.checkPlace()
      let name = LogName.segment(first: number, of: log.format)
      let folder = log.folder
      let file = try folder.createWhole(name) { (file) throws(FileSystemError) in
        // All of it at once would take as much memory as what is held.
        func write() throws(FileSystemError) {
          try folder.write(file, unwritten, at: length)
          length += unwritten.count
          unwritten = []
        }
        add(.start, head.bytes)
        for part in parts {
          add(.part, part)
          if unwritten.count >= Self.writtenAtOnce { try write() }
        }
        try write()
      }
      if let old = log.file { folder.close(old) }
      log.file = file
      log.segments.append(number)
      log.segmentBytes = length
      log.bytes += length
      (log.sequence, log.checksum) = (sequence, checksum)
      try folder.syncNames()
    }
  }
}

// MARK: Appending

extension SegmentedLog {
  /// Adds a record, and makes it durable.
  ///
  /// All that shares a sync must be one record: a power cut within the sync may leave any of its sectors and not
  /// others, and of a frame that is not whole nothing is believed.
  ///
  /// - Parameters:
  ///   - payload: at most ``Frame/longestPayload`` bytes.
  ///   - mayUseReserve: whether it may take the room that ``reserve(_:)`` set aside when the disk has no other.
  /// - Throws: ``LogError``. Nothing was added then, and the log is as it was, but after `stopped`.
  package mutating func append(_ payload: [UInt8], mayUseReserve: Bool = false) throws(LogError) {
    do throws(LogError) {
      try add(payload)
    } catch {
      guard mayUseReserve, case .disk(let cause) = error, cause.condition == .diskFull, giveUpReserve() else {
        throw error
      }
      try add(payload)
    }
  }

  private mutating func add(_ payload: [UInt8]) throws(LogError) {
    if let refusal { throw refusal }
    guard let file else { throw .closed }
    let frame = Frame(kind: .record, sequence: sequence + 1, previous: checksum, payload: payload[...])
    let (encoded, next) = frame.encoded(format)
    // A segment this long is one that could not be followed by the next for a long time.
    guard payload.count <= Frame.longestPayload, segmentBytes + encoded.count <= limits.longestSegment else {
      throw .full
    }
    let end = segmentBytes
    try guarded { (log) throws(FileSystemError) in
      try log.checkPlace()
      do throws(FileSystemError) {
        try log.folder.write(file, encoded, at: end)
      } catch {
        // A part of it may be there, or all. Once that is cut off for good it never happened.
        do throws(FileSystemError) {
          try log.folder.truncate(file, to: end)
          try log.folder.sync(file)
        } catch {
          log.state = .stopped
        }
        throw error
      }
      try log.folder.sync(file)
    }
    segmentBytes += encoded.count
    bytes += encoded.count
    (sequence, checksum) = (sequence + 1, next)
  }

  /// Sets room aside for records that must not fail when the disk is full: a file with nothing in it, which is removed
  /// when they need its blocks.
  ///
  /// - Returns: whether so much is set aside now. Where the disk has no room for it the log works all the same.
  @discardableResult
  package mutating func reserve(_ bytes: Int) -> Bool {
    guard refusal == nil else { return false }
    if reservedBytes >= bytes { return true }
    do throws(FileSystemError) {
      let file = try folder.open(LogName.reserveName, .createOrUpdate)
      defer { folder.close(file) }
      let before = try folder.status(file).size
      do throws(FileSystemError) {
        var length = before
        while length < bytes {
          let part = Self.incompressible.prefix(bytes - length)
          try folder.write(file, Array(part), at: length)
          length += part.count
        }
        // Until then a file system may only have promised the blocks.
        try folder.sync(file)
      } catch {
        // A part would take the room that others need now.
        try folder.truncate(file, to: before)
        throw error
      }
      (reservedBytes, hasSpentReserve) = (max(before, bytes), false)
      return true
    } catch {
      return false
    }
  }

  /// - Returns: whether there was anything to give up.
  private mutating func giveUpReserve() -> Bool {
    guard reservedBytes > 0, state == .open else { return false }
    reservedBytes = 0
    hasSpentReserve = true
    do throws(FileSystemError) {
      try folder.remove(LogName.reserveName)
      // Some give blocks back only once the name is gone for good.
      try folder.syncNames()
      return true
    } catch {
      return false
    }
  }

  /// Bytes that take their full room also where files are compressed.
  private static let incompressible: [UInt8] = {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<256 << 10).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }()

  /// Refuses to write where nobody would find it, or others might: the folder, its lock and the last segment must be
  /// what we opened, and the folder closed to others.
  private mutating func checkPlace() throws(FileSystemError) {
    let status = try folder.status
    var isInPlace = status.isLinked
    if isInPlace { isInPlace = try folder.isInPlace }
    if isInPlace { isInPlace = try folder.isInPlace(lock) }
    if isInPlace, let file { isInPlace = try folder.isInPlace(file) }
    guard isInPlace else {
      // No later write finds it in its place again.
      state = .stopped
      throw FileSystemError(.status, .notTrusted)
    }
    guard status.isOursAlone else { throw FileSystemError(.status, .notTrusted) }
  }

  /// Why nothing can be changed, if so.
  package var refusal: LogError? {
    switch state {
    // Only a file that somebody put into the folder has such a number.
    case .open: sequence < Frame.highestSequence ? nil : .disk(FileSystemError(.open, .notTrusted))
    case .stopped: .stopped
    case .closed: .closed
    }
  }

  /// Stops the log unless a failure left everything as it was.
  ///
  /// A system may drop what it could not write and call the next sync good, so there is no second try.
  private mutating func guarded(_ work: (inout SegmentedLog) throws(FileSystemError) -> Void) throws(LogError) {
    do throws(FileSystemError) {
      try work(&self)
    } catch {
      switch error.operation {
      case .sync, .syncFolder, .rename: state = .stopped
      default: break
      }
      // Whoever opens it has nothing yet that could be stopped.
      if state == .stopped, reader == nil { throw .stopped }
      throw .disk(error)
    }
  }
}

/// Why a log could not do what it was asked.
package enum LogError: Error, Hashable, Sendable {
  /// The disk refused. An open log is unchanged and may be asked again. If this happened while opening, close it.
  case disk(FileSystemError)
  /// The disk failed in a way after which nothing is known about what is on it; or the folder, its lock or the last
  /// segment was removed, moved or replaced. Open the log anew.
  case stopped
  /// The log was closed.
  case closed
  /// Another process or log has the folder open.
  case inUse
  /// The payload is longer than a frame's may be, or the segment would be longer than any of ours.
  case full
  /// An earlier version wrote the log. It is left as it is.
  case earlierVersion
  /// A later version wrote the log. It is left as it is.
  case laterVersion
}
