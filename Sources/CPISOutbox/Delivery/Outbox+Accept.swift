public import CPIS
internal import Synchronization

extension Outbox {
  /// What became of an offered notice.
  public enum Receipt: Hashable, Sendable {
    /// It is durable now.
    case accepted
    /// It is held already, or was among the last delivered: it was durable before.
    case alreadyHeld
  }

  /// Takes a notice over: when it returns, the notice outlives a power cut.
  ///
  /// A notice with the kind and id of one that is held, about the same patient or authority, is that one: it is not
  /// taken again. About another patient it is refused, as taking it for the one held would lose it. Of deliveries
  /// before a restart only kind and id are known, so give each notice an id of its own.
  /// - Throws: `SinkError`: `full` when there is no room, `rejected` when this one is too long or its id is another
  ///   patient's, else `unavailable`. The notice stays with the caller, who offers it again. ``enqueue(_:)`` tells
  ///   more.
  public func accept(_ notice: Notice) async throws(SinkError) {
    do throws(OutboxError) {
      try await enqueue(notice)
    } catch {
      // Offering it again cannot help, and whoever offers must know that nobody will be told.
      throw error.code == .identityInUse ? SinkError(.rejected) : SinkError(error)
    }
  }

  /// Takes a notice over: when it returns, the notice outlives a power cut. Callers at once share one sync.
  ///
  /// - Returns: whether it is new. By kind, `Notice.id` and patient, as ``accept(_:)`` tells.
  /// - Throws: ``OutboxError``. After ``OutboxError/Code/stopped`` it may or may not be durable: offer it again to
  ///   the store opened anew, which knows. After ``OutboxError/Code/identityInUse`` it is not held, and will not be.
  @discardableResult
  public func enqueue(_ notice: Notice) async throws(OutboxError) -> Receipt {
    let item = try item(for: notice)
    let lane = Lane(notice)
    while true {
      let generation = decisionSignal.generation
      let now = clock.now
      switch queue.withLock({ $0.ask(item, lane: lane, now: now) }) {
      case .held: return .alreadyHeld
      case .unclear(let held):
        let other = Self.lane(of: held, sealer)
        if other == lane { return .alreadyHeld }
        throw refusal(of: item, other.isKnown ? .identityInUse : .notOpened)
      case .underWay:
        // Another caller's write decides: it is held then, or ours to try.
        await waitForDecision(after: generation)
      case .refused(let code): throw refusal(of: item, code)
      case .admitted(let discarding):
        try await write(item, lane, discarding: discarding)
        return .accepted
      }
    }
  }

  private func refusal(of item: OutboxItem, _ code: OutboxError.Code) -> OutboxError {
    onEvent(.refused(item.key, OutboxError(code)))
    return OutboxError(code)
  }

  /// Waits even in a cancelled task: the other caller's write ends soon, and only its end says what holds. A task of
  /// its own, as a wait in a cancelled one returns at once and would be asked for again and again.
  func waitForDecision(after generation: UInt64) async {
    await Task { await decisionSignal.wait(after: generation) }.value
  }

  private func write(_ item: OutboxItem, _ lane: Lane, discarding: [OutboxItem.Key]) async throws(OutboxError) {
    defer { decisionSignal.signal() }
    do throws(OutboxError) {
      try await apply(discarding.map(OutboxChange.discarded) + [.accepted(item)], toParked: discarding)
    } catch {
      queue.withLock { $0.withdraw(item.key, discarding: discarding) }
      onEvent(.refused(item.key, error))
      throw error
    }
    let now = clock.now
    queue.withLock { $0.admit(item, lane: lane, discarding: discarding, now: now) }
    for key in discarding { onEvent(.discarded(key)) }
    onEvent(.accepted(item.key))
    wakeSignal.signal()
  }

  /// The row for a notice, sealed, for a store in a host's own database: write it inside your own transaction, and
  /// call ``refresh()`` after the commit.
  public func item(for notice: Notice) throws(OutboxError) -> OutboxItem {
    let key = OutboxItem.Key(notice)
    // An instant that is no number, or more than any reader takes: it never will be taken.
    guard let bytes = NoticePayload.encode(notice) else { throw OutboxError(.notStorable) }
    var payload = OutboxItem.Payload(keyID: "", bytes: bytes)
    if let sealer {
      do throws(SealerError) {
        let sealed = try sealer.seal(bytes, context: key.context)
        payload = OutboxItem.Payload(keyID: sealed.keyID, bytes: sealed.bytes)
      } catch {
        throw OutboxError(.notSealed)
      }
      guard (1...255).contains(payload.keyID.utf8.count) else { throw OutboxError(.notSealed) }
    }
    return OutboxItem(key: key, acceptedAt: clock.now.toTheMillisecond, payload: payload)
  }

  /// Takes in items that came into the store otherwise, in a host's own transaction, and wakes the drainer.
  public func refresh() async throws(OutboxError) {
    queue.withLock { $0.refreshBegins() }
    defer { queue.withLock { $0.refreshEnds() } }
    let snapshot = try await watched { () async throws(OutboxError) in try await store.snapshot() }
    let now = clock.now
    for item in snapshot.items where queue.withLock({ $0.isNew(item.key) }) {
      let lane = Self.lane(of: item, sealer)
      queue.withLock { $0.merge(item, lane: lane, now: now) }
    }
    wakeSignal.signal()
  }
}
