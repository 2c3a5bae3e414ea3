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
    /// More bytes of items than these are not taken, so that a table of them fits into a segment.
    package var longestTable = 512 << 20
    /// A segment that is longer is not ours, and not read: a file of the disk's size, which costs nothing to make,
    /// would ask for all memory. None is written that is longer.
    package var longestSegment = 1 << 30
    /// More keys are not remembered, whatever was asked for: they must fit into a segment beside the items.
    package static let mostRememberedKeys = 10_000_000
    /// Makes the usual sizes.
    package init() {}
  }

  let fileSystem: any FileSystem
  let folder: String
  let options: Options
  private let lockFile: FileID
  /// The last segment's file.
  var file: FileID?
  /// The segments that count, oldest first.
  var segments: [UInt64]
  /// Segments that no longer count, until they are known to be gone from the disk.
  var obsolete: [UInt64]
  /// Of the last segment.
  var length: Int
  /// Of all segments before the last.
  var lengthBefore: Int
  var sequence: UInt64
  var checksum: UInt64
  var state = State.open

  enum State { case open, stopped, closed }

  /// What it holds.
  var table: OutboxTable
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
    self.obsolete = reader.obsolete
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
      let reader = try JournalReader(
        fileSystem, folder: folder, remembering: min(options.rememberedKeys, Options.mostRememberedKeys),
        longestSegment: options.longestSegment)
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
    for damage in reader.damages {
      let name = FolderName.quarantineName(segment: damage.segment, offset: damage.offset, damage.bytes)
      // Set aside by an open that came no further.
      if reader.quarantined.contains(name) { continue }
      fileSystem.close(try fileSystem.createWhole(name, in: folder, damage.bytes))
    }
    if reader.segments.isEmpty || reader.needsRewriting {
      try rewrite()
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
      try removeObsolete()
    }
    if reader.hasUnfinishedFile { try? fileSystem.remove(folder + "/" + FolderName.temporaryName) }
  }
}

extension Journal {
  /// Why nothing can be changed, if so.
  var refusal: OutboxError? {
    switch state {
    // Only a file that somebody put into the folder has such a number.
    case .open: sequence < Frame.highestSequence ? nil : OutboxError(.notTrusted)
    case .stopped: OutboxError(.stopped)
    case .closed: OutboxError(.closed)
    }
  }

  /// Stops the journal unless a failure left everything as it was.
  mutating func guarded(_ work: (inout Journal) throws(FileSystemError) -> Void) throws(OutboxError) {
    do throws(FileSystemError) {
      try work(&self)
    } catch {
      switch error.operation {
      case .sync, .syncFolder, .rename:
        state = .stopped
        throw OutboxError(.stopped)
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

  mutating func closeFile() {
    if let file { fileSystem.close(file) }
    file = nil
  }
}
