extension Journal {
  /// Writes the journal anew without what is no longer needed, so that delivered payloads are gone from the disk.
  ///
  /// - Throws: ``OutboxError``; also when the old segments could not be removed, and then the next call tries again.
  package mutating func compact() throws(OutboxError) {
    if let refusal { throw refusal }
    if table.hasErasable {
      try guarded { (journal) throws(FileSystemError) in try journal.rewrite() }
    } else if !obsolete.isEmpty {
      try guarded { (journal) throws(FileSystemError) in try journal.removeObsolete() }
    }
  }

  /// Goes on in a new segment.
  mutating func startSegment() throws(FileSystemError) {
    try begin([.segmentStart(tableFrames: 0, totals: table.counters)])
    try fileSystem.syncNames(folder)
  }

  /// Goes on in a new segment that begins with the whole table, and removes the older ones.
  mutating func rewrite() throws(FileSystemError) {
    let totals = table.counters
    let parts = tableParts(totals)
    let old = segments
    try begin([.segmentStart(tableFrames: UInt32(parts.count), totals: totals)] + parts)
    segments.removeFirst(old.count)
    obsolete += old
    lengthBefore = 0
    try fileSystem.syncNames(folder)
    table.didRewrite()
    try removeObsolete()
  }

  /// Removes the segments that no longer count. They stay listed until all are gone for good, so that nobody is
  /// told "erased" while one that could not be removed still holds a payload.
  mutating func removeObsolete() throws(FileSystemError) {
    for number in obsolete {
      do throws(FileSystemError) {
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.remove(folder + "/" + FolderName.segmentName(first: number))
        }
      } catch {
        guard error.condition == .notFound else { throw error }
      }
    }
    try fileSystem.syncNames(folder)
    obsolete = []
  }

  /// How many bytes of items, and how many keys, go into one frame of a table.
  private static let partBytes = 256 << 10
  private static let partKeys = 15_000

  private func tableParts(_ totals: OutboxCounters) -> [JournalRecord] {
    var parts: [JournalRecord] = []
    var items: [OutboxItem] = []
    var bytes = JournalRecord.overhead
    func endPart() {
      parts.append(.table(items: items, delivered: [], totals: totals))
      items = []
      bytes = JournalRecord.overhead
    }
    for item in table.items {
      if !items.isEmpty, bytes + item.recordBytes > Frame.longestPayload { endPart() }
      items.append(item)
      bytes += item.recordBytes
      if bytes > Self.partBytes { endPart() }
    }
    // Items and keys of a small table share a frame.
    var keys = table.delivered.keys[...]
    repeat {
      parts.append(.table(items: items, delivered: Array(keys.prefix(Self.partKeys)), totals: totals))
      items = []
      keys = keys.dropFirst(Self.partKeys)
    } while !keys.isEmpty
    return parts
  }

  private mutating func begin(_ records: [JournalRecord]) throws(FileSystemError) {
    guard sequence + UInt64(records.count) <= Frame.highestSequence else {
      throw FileSystemError(.open, .notTrusted)
    }
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
}
