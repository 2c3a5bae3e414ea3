/// The journal in a folder, open for writing: a table, and the file that says how it came about.
///
/// A pure shell around the disk, for one owner at a time: every call blocks until the disk is done. Once a sync or
/// a rename has failed, nothing is known about what is on the disk, and the journal is stopped for good; opening
/// the folder anew finds out. `Documentation/Formats/Journal.md` has the bytes.
package struct Journal: Sendable {
  /// Sizes of its parts.
  package struct Options: Sendable {
    /// A segment is followed by the next once it is this long.
    package var segmentBytes = 4 << 20
    /// How many keys of delivered items are remembered, so that a notice offered again is known.
    package var rememberedKeys = 10_000
    /// It is written anew when this many of its bytes are no longer needed, and as many as are.
    package var garbageBytes = 1 << 20
    /// Makes the usual sizes.
    package init() {}
  }

  private let fileSystem: any FileSystem
  private let folder: String
  private let options: Options
  private let lockFile: FileID
  private var file: FileID?
  private var segments: [UInt64]
  /// Of the last segment.
  private var length: Int
  /// Of all segments before the last.
  private var lengthBefore: Int
  private var sequence: UInt64
  private var checksum: UInt64
  private var state = State.open

  private enum State { case open, stopped, closed }

  /// What it holds.
  private(set) var table: OutboxTable
  /// What opening it found.
  package let findings: [JournalFinding]

  /// What it holds, items in order of acceptance.
  package var snapshot: OutboxSnapshot { table.snapshot }

  /// What it holds, unless it was closed. What a stopped journal holds is what was acknowledged.
  var readable: Result<OutboxSnapshot, OutboxError> {
    state == .closed ? .failure(OutboxError(.closed)) : .success(snapshot)
  }

  /// How many bytes its segments have.
  package var bytes: Int { lengthBefore + length }

  private init(
    _ fileSystem: any FileSystem, folder: String, options: Options, lockFile: FileID, reader: JournalReader
  ) {
    self.fileSystem = fileSystem
    self.folder = folder
    self.options = options
    self.lockFile = lockFile
    self.table = reader.table
    self.findings = reader.findings
    self.segments = reader.segments.map(\.number)
    self.length = reader.segments.last?.goodLength ?? 0
    self.lengthBefore = reader.segments.dropLast().reduce(0) { $0 + $1.length }
    self.sequence = max(reader.lastSequence, reader.segments.last?.number ?? 0)
    self.checksum = reader.lastChecksum
  }
}

extension Journal {
  /// Opens the journal in a folder, makes either if it is not there, and mends what crashes and disks left.
  ///
  /// When it returns, all that it holds is durable: also what a killed process had written and not yet synced.
  package static func open(
    _ fileSystem: any FileSystem, folder: String, options: Options = Options()
  ) throws(OutboxError) -> Journal {
    let lockFile = try fileSystem.lockFolder(folder)
    do throws(OutboxError) {
      let reader = try JournalReader(fileSystem, folder: folder, remembering: options.rememberedKeys)
      var journal = Journal(fileSystem, folder: folder, options: options, lockFile: lockFile, reader: reader)
      do throws(FileSystemError) {
        try journal.mend(reader)
      } catch {
        journal.closeFile()
        throw OutboxError(error)
      }
      return journal
    } catch {
      fileSystem.close(lockFile)
      throw error
    }
  }

  private mutating func mend(_ reader: JournalReader) throws(FileSystemError) {
    var number = reader.highestQuarantine ?? 0
    for damage in reader.damages {
      number += 1
      let name = FolderName.quarantineName(number: number)
      fileSystem.close(try fileSystem.createWhole(name, in: folder, damage.bytes))
    }
    if reader.segments.isEmpty || reader.needsRewriting {
      try rewrite(removing: reader.obsolete + segments)
    } else if let last = segments.last {
      let file = try fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.open(folder + "/" + FolderName.segmentName(first: last), .update)
      }
      self.file = file
      if reader.segments.last.map({ $0.goodLength < $0.length }) == true {
        let length = length
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.truncate(file, to: length) }
      }
      // What a killed process wrote may not be on the disk yet, and is about to be relied upon.
      try fileSystem.syncWhole(file)
      try remove(reader.obsolete)
      try fileSystem.syncNames(folder)
    }
    if reader.hasUnfinishedFile { try? fileSystem.remove(folder + "/" + FolderName.temporaryName) }
  }
}

extension Journal {
  /// Makes lists of changes, each of them all or not at all, and all of them with one sync.
  ///
  /// - Returns: for each list whether it is durable now, or why not.
  package mutating func apply(_ lists: [[OutboxChange]]) -> [Result<Void, OutboxError>] {
    if let refusal { return lists.map { _ in .failure(refusal) } }
    var preview = OutboxTable.Preview(table)
    var effective: [[OutboxChange]] = []
    var frames: [UInt8] = []
    var (sequence, checksum) = (sequence, checksum)
    var results: [Result<Void, OutboxError>] = []
    for changes in lists {
      guard let admitted = preview.admit(changes) else {
        results.append(.failure(OutboxError(.unknownItem)))
        continue
      }
      results.append(.success(()))
      if admitted.isEmpty { continue }
      let record = JournalRecord.changes(admitted, totals: preview.counters)
      let frame = Frame(kind: .changes, sequence: sequence + 1, previous: checksum, payload: record.payload)
      let (bytes, next) = frame.encoded()
      frames += bytes
      effective.append(admitted)
      (sequence, checksum) = (sequence + 1, next)
    }
    guard !frames.isEmpty else { return results }
    do throws(OutboxError) {
      try append(frames)
    } catch {
      return results.map { result in
        if case .success = result { .failure(error) } else { result }
      }
    }
    (self.sequence, self.checksum) = (sequence, checksum)
    for changes in effective { for change in changes { table.apply(change) } }
    tidy()
    return results
  }

  private var refusal: OutboxError? {
    switch state {
    case .open: nil
    case .stopped: OutboxError(.stopped)
    case .closed: OutboxError(.closed)
    }
  }

  private mutating func append(_ frames: [UInt8]) throws(OutboxError) {
    guard let file else { throw OutboxError(.closed) }
    do throws(OutboxError) {
      try fileSystem.appendDurably(file, frames, at: length)
    } catch {
      if error.code == .stopped { state = .stopped }
      throw error
    }
    length += frames.count
  }

  private mutating func stop() -> OutboxError {
    state = .stopped
    return OutboxError(.stopped)
  }

  /// Writes the journal anew without what is no longer needed, so that delivered payloads are gone from the disk.
  package mutating func compact() throws(OutboxError) {
    if let refusal { throw refusal }
    guard table.hasErasable else { return }
    try guarded { (journal) throws(FileSystemError) in try journal.rewrite(removing: journal.segments) }
  }

  /// About how many bytes a journal written anew would not have.
  private var garbage: Int {
    max(0, bytes - (table.payloadBytes + 192 * table.count + 17 * table.delivered.count + 512))
  }

  /// Keeps segments and garbage in bounds. What was asked is done by now: a full disk is met at the next write.
  private mutating func tidy() {
    if garbage > options.garbageBytes && garbage > bytes / 2 {
      try? guarded { (journal) throws(FileSystemError) in try journal.rewrite(removing: journal.segments) }
    } else if length > options.segmentBytes {
      try? guarded { (journal) throws(FileSystemError) in try journal.startSegment() }
    }
  }

  /// Stops the journal unless a failure left everything as it was.
  private mutating func guarded(
    _ work: (inout Journal) throws(FileSystemError) -> Void
  ) throws(OutboxError) {
    do throws(FileSystemError) {
      try work(&self)
    } catch {
      switch error.operation {
      case .sync, .syncFolder, .rename: throw stop()
      default: throw OutboxError(error)
      }
    }
  }

  /// Closes the files and gives the folder up.
  package mutating func close() {
    guard state != .closed else { return }
    state = .closed
    closeFile()
    fileSystem.close(lockFile)
  }

  private mutating func closeFile() {
    if let file { fileSystem.close(file) }
    file = nil
  }
}

extension Journal {
  /// Goes on in a new segment.
  private mutating func startSegment() throws(FileSystemError) {
    try begin([.segmentStart(tableFrames: 0, totals: table.counters)])
    try fileSystem.syncNames(folder)
  }

  /// Goes on in a new segment that begins with the whole table, and removes the older ones.
  private mutating func rewrite(removing old: [UInt64]) throws(FileSystemError) {
    let totals = table.counters
    let parts = tableParts(totals)
    try begin([.segmentStart(tableFrames: UInt32(parts.count), totals: totals)] + parts)
    try fileSystem.syncNames(folder)
    let current = segments.last
    segments = current.map { [$0] } ?? []
    lengthBefore = 0
    try remove(old.filter { $0 != current })
    table.didRewrite()
    try fileSystem.syncNames(folder)
  }

  private func tableParts(_ totals: OutboxCounters) -> [JournalRecord] {
    var parts: [JournalRecord] = []
    var items: [OutboxItem] = []
    var bytes = 0
    for item in table.items {
      items.append(item)
      bytes += item.payload.bytes.count + 128
      guard bytes > 256 << 10 else { continue }
      parts.append(.table(items: items, delivered: [], totals: totals))
      items = []
      bytes = 0
    }
    parts.append(.table(items: items, delivered: table.delivered.keys, totals: totals))
    return parts
  }

  private mutating func begin(_ records: [JournalRecord]) throws(FileSystemError) {
    var bytes: [UInt8] = []
    var (sequence, checksum) = (sequence, checksum)
    let number = sequence + 1
    for record in records {
      let frame = Frame(
        kind: record.frameKind, sequence: sequence + 1, previous: checksum, payload: record.payload)
      let (encoded, next) = frame.encoded()
      bytes += encoded
      (sequence, checksum) = (sequence + 1, next)
    }
    let file = try fileSystem.createWhole(FolderName.segmentName(first: number), in: folder, bytes)
    closeFile()
    self.file = file
    segments.append(number)
    lengthBefore += length
    length = bytes.count
    (self.sequence, self.checksum) = (sequence, checksum)
  }

  private func remove(_ numbers: [UInt64]) throws(FileSystemError) {
    for number in numbers {
      do throws(FileSystemError) {
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.remove(folder + "/" + FolderName.segmentName(first: number))
        }
      } catch {
        guard error.condition == .notFound else { throw error }
      }
    }
  }
}
