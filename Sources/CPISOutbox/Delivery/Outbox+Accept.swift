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
  /// - Throws: `SinkError`: `full` when there is no room, `rejected` when this one is too long, else `unavailable`.
  ///   The notice stays with the caller, who offers it again. ``enqueue(_:)`` tells more.
  public func accept(_ notice: Notice) async throws(SinkError) {
    do throws(OutboxError) { try await enqueue(notice) } catch { throw SinkError(error) }
  }

  /// Takes a notice over: when it returns, the notice outlives a power cut. Callers at once share one sync.
  ///
  /// - Returns: whether it is new. By `Notice.id` and kind, as far as deliveries are remembered.
  /// - Throws: ``OutboxError``. After ``OutboxError/Code/stopped`` it may or may not be durable: offer it again to
  ///   the store opened anew, which knows.
  @discardableResult
  public func enqueue(_ notice: Notice) async throws(OutboxError) -> Receipt {
    let item = try item(for: notice)
    while true {
      let generation = admissionSignal.generation
      let now = clock.now
      switch queue.withLock({ $0.ask(item, now: now) }) {
      case .held: return .alreadyHeld
      case .underWay:
        // Another caller's write decides: it is held then, or ours to try.
        await waitForAdmission(after: generation)
      case .refused(let code):
        onEvent(.refused(item.key, OutboxError(code)))
        throw OutboxError(code)
      case .admitted(let discarding):
        try await write(item, Lane(notice), discarding: discarding)
        return .accepted
      }
    }
  }

  /// Waits even in a cancelled task: the other caller's write ends soon, and only its end says what holds.
  private func waitForAdmission(after generation: UInt64) async {
    if Task.isCancelled { await Task.yield() }
    await admissionSignal.wait(after: generation)
  }

  private func write(_ item: OutboxItem, _ lane: Lane, discarding: [OutboxItem.Key]) async throws(OutboxError) {
    defer { admissionSignal.signal() }
    do throws(OutboxError) {
      try await store.apply(discarding.map(OutboxChange.discarded) + [.accepted(item)])
    } catch {
      queue.withLock { $0.withdraw(item.key) }
      onEvent(.refused(item.key, error))
      throw error
    }
    let now = clock.now
    queue.withLock { queue in
      for key in discarding { queue.discard(key) }
      queue.admit(item, lane: lane, now: now)
    }
    for key in discarding { onEvent(.discarded(key)) }
    onEvent(.accepted(item.key))
    wakeSignal.signal()
  }

  /// The row for a notice, sealed, for a store in a host's own database: write it inside your own transaction, and
  /// call ``refresh()`` after the commit.
  public func item(for notice: Notice) throws(OutboxError) -> OutboxItem {
    let key = OutboxItem.Key(notice)
    guard let bytes = NoticePayload.encode(notice) else { throw OutboxError(.other) }
    var payload = OutboxItem.Payload(keyID: "", bytes: bytes)
    if let sealer {
      do throws(SealerError) {
        payload = try sealer.seal(bytes, context: key.context)
      } catch {
        throw OutboxError(.notSealed)
      }
      guard (1...255).contains(payload.keyID.utf8.count) else { throw OutboxError(.notSealed) }
    }
    return OutboxItem(key: key, acceptedAt: clock.now.toTheMillisecond, payload: payload)
  }

  /// Takes in items that came into the store otherwise, in a host's own transaction, and wakes the drainer.
  public func refresh() async throws(OutboxError) {
    let snapshot = try await store.snapshot()
    let now = clock.now
    for item in snapshot.items where queue.withLock({ $0.isNew(item.key) }) {
      let lane = Self.lane(of: item, sealer)
      queue.withLock { $0.merge(item, lane: lane, now: now) }
    }
    wakeSignal.signal()
  }
}
