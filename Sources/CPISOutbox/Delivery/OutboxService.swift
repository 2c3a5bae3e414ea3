#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import CPIS

/// An outbox that looks after itself: it opens its store, delivers, and opens a new store when one has stopped.
///
/// Give it to `TriageService` as its sink for the life of the host, and call ``run()`` in one task. A store stops when
/// a disk has failed so that nothing is known about what is on it; then this closes it, opens it anew, and offers the
/// notice of whoever waits once more: the store opened anew knows whether it has it.
///
/// ```swift
/// let notices = try OutboxService(
///   folder: folder + "/outbox", delivery: .declarations(to: client, others: mailbox), sealer: sealer)
/// let delivering = Task { await notices.run() }  // one, for as long as the host lives
/// let service = try TriageService(registry: client, notices: notices)
/// ```
///
/// It takes notices also while ``run()`` is not under way, and keeps them; nobody delivers them then, and it says so:
/// ``OutboxEvent/Kind/nobodyDelivers``.
public final class OutboxService: NotificationSink {
  private let keeper: OutboxKeeper
  private let policy: OutboxPolicy
  private let clock: any WallClock
  private let random: @Sendable () -> Double
  private let events: OutboxReporter

  /// Makes one over a store of a host's own. Nothing is opened before it is needed.
  ///
  /// - Parameters:
  ///   - delivery: how notices leave.
  ///   - sealer: encrypts payloads at rest. There is no default: `nil` says that the disk is encrypted otherwise.
  ///   - policy: waits and limits. A store that cannot be opened is tried again after the waits of a failed delivery.
  ///   - clock: where time comes from.
  ///   - random: numbers from 0 to 1, so that outboxes do not all come back at the same moment.
  ///   - observer: told what happens, as ``OutboxEvent``. Without one nobody learns of a disk that failed.
  ///   - open: opens the store, again and again.
  /// - Throws: ``OutboxError/Code/invalidPolicy`` when a value of the policy breaks its rule.
  public init(
    delivery: Delivery, sealer: (any PayloadSealer)?, policy: OutboxPolicy = OutboxPolicy(),
    clock: some WallClock = SystemClock(), random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    observer: (any EventObserver)? = nil,
    open: @escaping @Sendable () async throws(OutboxError) -> any OutboxStore
  ) throws(OutboxError) {
    do throws(InvalidValue) { try policy.validate() } catch { throw OutboxError(invalidPolicy: error) }
    self.policy = policy
    self.clock = clock
    self.random = random
    let events = OutboxReporter(observer: observer, clock: clock)
    self.events = events
    keeper = OutboxKeeper(events) { () async throws(OutboxError) -> OpenOutbox in
      let store = try await open()
      do throws(OutboxError) {
        let outbox = try await Outbox(
          store: store, delivery: delivery, sealer: sealer, policy: policy, clock: clock, random: random,
          observer: observer)
        return OpenOutbox(store: store, outbox: outbox)
      } catch {
        // Left open, it would keep the next try out.
        await store.close()
        throw error
      }
    }
  }

  /// Makes one over a ``FileOutboxStore`` in a folder.
  ///
  /// - Parameters:
  ///   - folder: its path; its parent must exist. Nothing of a patient belongs in it.
  ///   - rememberedDeliveries: how many delivered keys are remembered, so that a notice offered again is known.
  ///   - delivery: how notices leave.
  ///   - sealer: encrypts payloads at rest; `nil` says that the disk is encrypted otherwise.
  ///   - policy: waits and limits.
  ///   - clock: where time comes from.
  ///   - random: numbers from 0 to 1, so that outboxes do not all come back at the same moment.
  ///   - observer: told what happens, as ``OutboxEvent``. Without one nobody learns of a disk that failed.
  /// - Throws: ``OutboxError/Code/invalidPolicy`` when a value of the policy breaks its rule.
  public convenience init(
    folder: String, rememberedDeliveries: Int = 10_000, delivery: Delivery, sealer: (any PayloadSealer)?,
    policy: OutboxPolicy = OutboxPolicy(), clock: some WallClock = SystemClock(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }, observer: (any EventObserver)? = nil
  ) throws(OutboxError) {
    try self.init(
      delivery: delivery, sealer: sealer, policy: policy, clock: clock, random: random, observer: observer
    ) { () async throws(OutboxError) -> any OutboxStore in
      try await FileOutboxStore.open(folder: folder, rememberedDeliveries: rememberedDeliveries)
    }
  }

  /// The outbox that is open now, to decide about its parked items; `nil` while none is. Another takes its place when
  /// its store has stopped, so ask again each time.
  public var outbox: Outbox? { get async { await keeper.open?.outbox } }

  /// Opens the store if it is not open. A host need not call it; one that does learns at its start whether it can.
  ///
  /// - Throws: ``OutboxError``, why the store cannot be opened or read.
  public func open() async throws(OutboxError) { _ = try await keeper.current() }

  /// Takes a notice over: when it returns, the notice outlives a power cut.
  ///
  /// - Throws: `SinkError`, as ``Outbox/accept(_:)`` does, and `unavailable` when the store cannot be opened. The
  ///   notice stays with the caller, who offers it again.
  public func accept(_ notice: Notice) async throws(SinkError) {
    do throws(OutboxError) {
      do throws(OutboxError) {
        try await enqueue(notice)
      } catch {
        guard error.isFinal else { throw error }
        try await enqueue(notice)
      }
    } catch {
      throw SinkError(error)
    }
  }

  private func enqueue(_ notice: Notice) async throws(OutboxError) {
    let open = try await keeper.current()
    do throws(OutboxError) {
      try await open.outbox.enqueue(notice)
    } catch {
      if error.isFinal { await keeper.leave(open) }
      throw error
    }
  }

  /// Delivers until the task is cancelled, or ``close()`` is called. Call it once.
  ///
  /// It never gives up: what fails is told to the observer, and tried again after a wait.
  public func run() async {
    var failures: UInt32 = 0
    while !Task.isCancelled {
      var began: Date?
      do throws(OutboxError) {
        let open = try await keeper.current()
        began = clock.now
        do throws(OutboxError) {
          try await open.outbox.run()
        } catch {
          await keeper.leave(open)
          throw error
        }
      } catch {
        if await keeper.isClosed { return }
        // One that ran for a while failed for another reason than the last.
        if let began, clock.duration(since: began) > policy.longestRetry { failures = 0 }
        failures &+= 1
        let wait = policy.backoff(failures: failures, retryAfter: nil, random: random())
        try? await clock.sleep(for: wait)
      }
    }
  }

  /// Looks for work now: the network is back.
  public func wake() async { await keeper.open?.outbox.wake() }

  /// Closes the store for good, once delivered payloads are erased. Later notices are refused as `unavailable`.
  public func close() async { await keeper.close() }
}

/// An outbox, and the store that it was made over.
private struct OpenOutbox: Sendable {
  let store: any OutboxStore
  let outbox: Outbox
}

/// Holds the outbox that is open, and opens another for one caller at a time.
private actor OutboxKeeper {
  private let events: OutboxReporter
  private let make: @Sendable () async throws(OutboxError) -> OpenOutbox
  private var opening: Task<Result<OpenOutbox, OutboxError>, Never>?
  /// The closing of the store before: two must not have the folder at once.
  private var closing: Task<Void, Never>?
  private(set) var open: OpenOutbox?
  private(set) var isClosed = false
  /// How many notices the stores before had accepted, as far as was seen.
  private var accepted: UInt64 = 0

  init(_ events: OutboxReporter, make: @escaping @Sendable () async throws(OutboxError) -> OpenOutbox) {
    self.events = events
    self.make = make
  }

  func current() async throws(OutboxError) -> OpenOutbox {
    if isClosed { throw OutboxError(.closed) }
    if let open { return open }
    if let opening { return try await opening.value.get() }
    let task = Task { [make, closing] () -> Result<OpenOutbox, OutboxError> in
      await closing?.value
      do throws(OutboxError) { return .success(try await make()) } catch { return .failure(error) }
    }
    opening = task
    let result = await task.value
    opening = nil
    // Whoever closed meanwhile closes what was opened, too.
    if isClosed { throw OutboxError(.closed) }
    switch result {
    case .success(let new):
      open = new
      for finding in (new.store as? FileOutboxStore)?.findings ?? [] { events.report(.found(finding)) }
      if new.outbox.counters.accepted < accepted { events.report(.storeFailed(OutboxError(.olderContents))) }
      return new
    case .failure(let error):
      events.report(.storeFailed(error))
      throw error
    }
  }

  /// The store of an outbox does nothing more: the next caller opens another.
  func leave(_ left: OpenOutbox) {
    guard let open, open.outbox === left.outbox else { return }
    accepted = max(accepted, open.outbox.counters.accepted)
    self.open = nil
    closing = Task { await left.store.close() }
  }

  func close() async {
    isClosed = true
    let left = open
    open = nil
    await closing?.value
    await left?.store.close()
    if case .success(let late)? = await opening?.value { await late.store.close() }
  }
}
