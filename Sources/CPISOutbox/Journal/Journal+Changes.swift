extension Journal {
  /// Makes lists of changes, each of them all or not at all, and as many as fit into one frame with one sync.
  ///
  /// Lists that share a sync share a frame: a power cut within the sync may leave any of its sectors and not others,
  /// and of a frame that is not whole nothing is believed. So no list can be there without one before it.
  /// - Returns: for each list whether it is durable now, or why not: `tooLarge` for one that no frame can hold, or
  ///   whose key's id is too long; `full` when no more can be held; `unknownItem` when it does not fit what is held.
  package mutating func apply(_ lists: [[OutboxChange]]) -> [Result<Void, OutboxError>] {
    var results: [Result<Void, OutboxError>] = []
    while results.count < lists.count { results += applyGroup(lists[results.count...]) }
    return results
  }

  private mutating func applyGroup(_ lists: ArraySlice<[OutboxChange]>) -> [Result<Void, OutboxError>] {
    if let refusal { return lists.map { _ in .failure(refusal) } }
    let group = group(lists)
    guard !group.changes.isEmpty else { return group.results }
    let payload = JournalRecord.changes(group.changes, totals: group.totals).payload
    let frame = Frame(kind: .changes, sequence: sequence + 1, previous: checksum, payload: payload)
    let (bytes, next) = frame.encoded()
    do throws(OutboxError) {
      try append(bytes)
    } catch {
      return group.results.map { result in
        if case .success = result { .failure(error) } else { result }
      }
    }
    (sequence, checksum) = (sequence + 1, next)
    for change in group.changes { table.apply(change) }
    tidy()
    return group.results
  }

  /// Lists that share a frame.
  private struct Group {
    /// Those of their changes that change anything.
    var changes: [OutboxChange] = []
    var totals = OutboxCounters()
    /// For each list what its caller is told once the frame is durable.
    var results: [Result<Void, OutboxError>] = []
    /// How long the frame's payload is, at most.
    var bytes = JournalRecord.overhead
    /// How many of them are of new items.
    var newBytes = 0
  }

  /// As many of the lists as fit into one frame, at least one.
  ///
  /// On its own, so that the preview's hold on the table ends before the table changes: or all of it is copied.
  private func group(_ lists: ArraySlice<[OutboxChange]>) -> Group {
    var preview = OutboxTable.Preview(table)
    var group = Group()
    for changes in lists {
      let bytes = changes.reduce(0) { $0 + $1.recordBytes }
      let newBytes = newBytes(changes)
      if JournalRecord.overhead + bytes > Frame.longestPayload || changes.contains(where: \.hasOverlongKeyID) {
        group.results.append(.failure(OutboxError(.tooLarge)))
      } else if newBytes > 0, table.recordBytes + group.newBytes + newBytes > options.longestTable {
        group.results.append(.failure(OutboxError(.full)))
      } else if group.bytes + bytes > Frame.longestPayload {
        break
      } else if let admitted = preview.admit(changes) {
        group.results.append(.success(()))
        group.changes += admitted
        group.bytes += bytes
        group.newBytes += newBytes
      } else {
        group.results.append(.failure(OutboxError(.unknownItem)))
      }
    }
    group.totals = preview.counters
    return group
  }

  private func newBytes(_ changes: [OutboxChange]) -> Int {
    changes.reduce(0) { sum, change in
      guard case .accepted(let item) = change, table.standing(of: item.key) == .unknown else { return sum }
      return sum + item.recordBytes
    }
  }

  private mutating func append(_ frame: [UInt8]) throws(OutboxError) {
    guard let file else { throw OutboxError(.closed) }
    // A segment this long is one that could not be followed by the next for a long time.
    guard length + frame.count <= options.longestSegment else { throw OutboxError(.full) }
    do throws(OutboxError) {
      try fileSystem.appendDurably(file, frame, at: length)
    } catch {
      if error.code == .stopped { state = .stopped }
      throw error
    }
    length += frame.count
  }

  /// Keeps segments and garbage in bounds. What was asked is done by now: a full disk is met at the next write.
  private mutating func tidy() {
    if garbage > options.garbageBytes && garbage > bytes / 2 {
      try? guarded { (journal) throws(FileSystemError) in try journal.rewrite() }
    } else if length > options.segmentBytes {
      try? guarded { (journal) throws(FileSystemError) in try journal.startSegment() }
    }
  }

  /// About how many bytes a journal written anew would not have.
  private var garbage: Int {
    max(0, bytes - (table.payloadBytes + 192 * table.count + 17 * table.delivered.count + 512))
  }
}

extension OutboxChange {
  fileprivate var hasOverlongKeyID: Bool {
    guard case .accepted(let item) = self else { return false }
    return item.payload.keyID.utf8.count > OutboxItem.longestKeyID
  }
}
