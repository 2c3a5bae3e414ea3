#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import NHSNumbers
import Synchronization

/// Remembers visits in memory: bounded, and gone with the process.
///
/// When it is full, the oldest visits are forgotten first. A forgotten visit is declared again, which errs towards
/// telling. What may no longer be used is dropped at the first use in each hour, so that plans do not stay in memory.
public final class InMemoryVisitMemory: VisitMemory {
  fileprivate struct State {
    var visits: [VisitKey: RememberedVisit] = [:]
    var sweep = HourlySweep()
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let maximumAge: Duration

  /// Makes a memory without visits.
  ///
  /// - Parameters:
  ///   - capacity: the most visits to remember; at least 1. The default is more than a day's arrivals at the largest
  ///     trust.
  ///   - maximumAge: how long plans found in a visit are kept, to the hour. Which may be shown is for the service's
  ///     policy to say; this bounds how long they stay in memory.
  public init(capacity: Int = 20_000, maximumAge: Duration = .seconds(3600)) {
    self.capacity = max(1, capacity)
    self.maximumAge = maximumAge
  }

  /// How many visits are remembered.
  public var count: Int { state.withLock { $0.visits.count } }

  /// `true`.
  public var answersInPlace: Bool { true }

  /// Gets what is remembered of a visit, or opens it.
  ///
  /// - Complexity: O(1) on average; O(*n*) for the first use in an hour.
  public func open(
    _ visit: VisitKey, proposing proposal: RememberedVisit, within window: Duration
  ) async throws(VisitMemoryError) -> RememberedVisit {
    state.withLock { state in
      let now = proposal.firstCheck
      if state.sweep.isDue(at: now) { state.removeExpired(at: now, window, maximumAge) }
      let visit = state.open(visit, proposal, at: now, window)
      if state.visits.count > capacity { state.forgetOldest(capacity) }
      return visit
    }
  }

  /// Takes note of something, if the visit is remembered under this identity.
  public func note(_ note: VisitNote, of visit: VisitKey, access: Access.ID) async throws(VisitMemoryError) {
    state.withLock { state in
      guard let place = state.visits.index(forKey: visit) else { return }
      let known = state.visits.values[place]
      if known.accessID == access { state.visits.values[place] = known.noting(note) }
    }
  }

  /// Forgets what the scope names.
  public func forget(_ scope: VisitScope) async throws(VisitMemoryError) {
    state.withLock { state in
      switch scope {
      case .visit(let visit): state.visits[visit] = nil
      case .everything: state = State()
      }
    }
  }
}

extension InMemoryVisitMemory.State {
  /// The visit as it is remembered, or as proposed when there is none, or it is over. In one look.
  fileprivate mutating func open(
    _ key: VisitKey, _ proposal: RememberedVisit, at now: Date, _ window: Duration
  ) -> RememberedVisit {
    func renewed(_ visit: inout RememberedVisit) -> RememberedVisit {
      if !visit.isOpen(at: now, within: window) { visit = proposal }
      return visit
    }
    return renewed(&visits[key, default: proposal])
  }

  /// Forgets visits that are over, and plans that may no longer answer.
  fileprivate mutating func removeExpired(at now: Date, _ window: Duration, _ maximumAge: Duration) {
    visits = visits.filter { $0.value.isOpen(at: now, within: window) }
    for (key, visit) in visits where visit.found.map({ !$0.isUsable(at: now, for: maximumAge) }) ?? false {
      visits[key]?.found = nil
    }
  }

  /// Forgets a quarter, so that the cost of forgetting is spread.
  fileprivate mutating func forgetOldest(_ capacity: Int) {
    let room = capacity - capacity / 4
    let oldestFirst = visits.sorted { $0.value.firstCheck < $1.value.firstCheck }
    for (key, _) in oldestFirst.prefix(visits.count - room) { visits[key] = nil }
  }
}

extension InMemoryVisitMemory: Redacting {}
