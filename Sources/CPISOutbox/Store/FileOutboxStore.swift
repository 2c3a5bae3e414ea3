package import CPISFiles

/// Keeps what an outbox holds in a journal of its own: the default store.
///
/// One folder, mode 0700, for one open store at a time on the machine. Simultaneous calls share one sync. What is
/// written where, byte by byte, is in `Documentation/Formats/Journal.md`; what is durable when, in
/// `Documentation/Durability.md`. Use a disk of the machine: on network file systems neither locks nor syncs can be
/// relied upon.
public final class FileOutboxStore: OutboxStore {
  private enum Request: Sendable {
    case apply([OutboxChange])
    case contents
    case compact
    case close
  }

  private typealias Reply = Result<OutboxContents?, OutboxError>

  private let commits: GroupCommit<Journal, Request, Reply>

  /// What opening found, damage included. Show it to whoever runs the system.
  public let findings: [JournalFinding]

  private init(_ journal: Journal) {
    findings = journal.findings
    commits = GroupCommit(journal, label: "cpis.outbox.journal", perform: Self.perform)
  }

  deinit { commits.finish { $0.close() } }

  /// Opens the store in a folder, and creates the folder if it does not exist; its parent must exist.
  ///
  /// It repairs what a crash left, checks the counters, and returns once all that it holds is durable.
  /// - Parameters:
  ///   - folder: its path. Nothing of a patient belongs in it.
  ///   - rememberedDeliveries: how many delivered keys are remembered, so that a notice offered again is known; at
  ///     most 10,000,000.
  /// - Throws: ``OutboxError``: `inUse`, `notFound` when there is no parent, `notTrusted`, `notWritable`,
  ///   `earlierVersion`, `laterVersion`, `diskFull`, `diskFailed`.
  /// - Complexity: O(bytes in the journal); less than a second for 100,000 items in a release build.
  public static func open(
    folder: String, rememberedDeliveries: Int = 10_000
  ) async throws(OutboxError) -> FileOutboxStore {
    var options = Journal.Options()
    options.rememberedKeys = rememberedDeliveries
    return try await open(POSIXFileSystem(), folder: folder, options: options)
  }

  /// Opens the store on a disk of the caller's.
  package static func open(
    _ fileSystem: any FileSystem, folder: String, options: Journal.Options = Journal.Options()
  ) async throws(OutboxError) -> FileOutboxStore {
    FileOutboxStore(
      try await offPool { () throws(OutboxError) in
        try Journal.open(fileSystem, folder: folder, options: options)
      })
  }

  /// All that is held.
  public func contents() async throws(OutboxError) -> OutboxContents {
    guard let contents = try await commits.submit(.contents).get() else { throw OutboxError(.other) }
    return contents
  }

  /// Makes changes, all or none. It returns after a sync that they may share with others.
  ///
  /// - Throws: ``OutboxError``: besides those of the disk `unknownItem`, `tooLarge` and `full`; nothing was taken then.
  ///   After `stopped` it is unknown whether they were made.
  public func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    _ = try await commits.submit(.apply(changes)).get()
  }

  /// Rewrites the journal if payloads of delivered or discarded items are still in it.
  public func erase() async throws(OutboxError) {
    _ = try await commits.submit(.compact).get()
  }

  /// Erases delivered and discarded payloads from the disk, as far as it lets us, and releases the folder. Later calls
  /// throw ``OutboxError/Code/closed``.
  public func close() async {
    _ = await commits.submit(.close)
  }

  private static func perform(_ journal: inout Journal, _ requests: [Request]) -> [Reply] {
    var replies: [Reply] = []
    var lists: [[OutboxChange]] = []
    func commit() {
      guard !lists.isEmpty else { return }
      replies += journal.apply(lists).map { $0.map { nil } }
      lists = []
    }
    for request in requests {
      if case .apply(let changes) = request {
        lists.append(changes)
        continue
      }
      commit()
      switch request {
      case .apply: break
      case .contents: replies.append(journal.readable.map { $0 })
      case .compact:
        do throws(OutboxError) {
          try journal.compact()
          replies.append(.success(nil))
        } catch {
          replies.append(.failure(error))
        }
      case .close:
        // Where there is no room for it, they stay until the store is opened and closed again.
        try? journal.compact()
        journal.close()
        replies.append(.success(nil))
      }
    }
    commit()
    return replies
  }
}
