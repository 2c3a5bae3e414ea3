#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers
import Synchronization

/// One check under way, and all who wait for it.
final class Flight: Sendable {
  /// The access of whoever came first, under the identity that its visit has.
  let access: Access
  /// The visit it belongs to; `nil` in scheduled care, or when the host named none.
  let visit: VisitKey?
  /// What was remembered of the visit when the check began; `nil` when there is none, or nothing could be remembered.
  let remembered: RememberedVisit?
  let settlement = Settlement<TriageOutcome>()
  private let told = Mutex<NotificationStatus?>(nil)

  init(_ access: Access, visit: VisitKey? = nil, remembered: RememberedVisit? = nil) {
    self.access = access
    self.visit = visit
    self.remembered = remembered
  }

  var patient: NHSNumber { access.patient }
  var isUnscheduled: Bool { access.context.isUnscheduled }

  /// Whether the registry found a plan in an earlier check of the visit, and so has the access.
  var isAuthorityTold: Bool { remembered?.isAuthorityTold ?? false }
  /// Whether the safeguarding team was told in an earlier check of the visit.
  var isSafeguardingTold: Bool { remembered?.isSafeguardingTold ?? false }

  /// What became of telling the authority, by this check or an earlier one of the visit; `nil` while that is open.
  var authorityTold: NotificationStatus? {
    if isAuthorityTold { return .alreadyTold }
    return told.withLock { $0 }
  }

  /// Takes note of what became of telling the authority, for callers that leave before the check ends.
  func note(_ status: NotificationStatus) { told.withLock { $0 = status } }

  /// Whether both are the same access: the same visit, whoever of the staff asks; or, where there is none, the same
  /// author in the same place at the same time. Others are accesses of their own, and are declared as such.
  fileprivate func isSameAccess(as other: Flight) -> Bool {
    if visit != nil || other.visit != nil { return visit == other.visit }
    return access.context == other.access.context
  }
}

/// The checks under way, so that those of one access at one time ask the registry once.
final class Flights: Sendable {
  private let underWay = Mutex<[NHSNumber: [Flight]]>([:])

  /// Adds a flight, unless one of the same access is under way.
  ///
  /// - Returns: the one to join; `nil` when the new one leads.
  func join(orAdd flight: Flight) -> Flight? {
    func join(_ others: inout [Flight]) -> Flight? {
      if let other = others.first(where: { $0.isSameAccess(as: flight) }) { return other }
      others.append(flight)
      return nil
    }
    return underWay.withLock { join(&$0[flight.patient, default: []]) }
  }

  /// Takes a flight out of those that can be joined.
  func remove(_ flight: Flight) {
    underWay.withLock { flights in
      guard var others = flights.removeValue(forKey: flight.patient) else { return }
      others.removeAll { $0 === flight }
      if !others.isEmpty { flights[flight.patient] = others }
    }
  }
}

/// A value that is settled once and awaited by any number of tasks.
///
/// Waiting can be cancelled; what is waited for cannot: a query that may already have told an authority runs on,
/// and a cancelled URL task can hang or trap in Foundation on Linux.
final class Settlement<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
    var cancelledEarly: Set<Int> = []
  }

  private let state = Mutex(State())

  init() {}

  /// The value, if it is settled.
  var settled: Value? { state.withLock { $0.value } }

  /// Settles the value, once; later calls change nothing.
  ///
  /// - Returns: whether this call has settled it.
  @discardableResult
  func settle(_ value: Value) -> Bool {
    let waiters = state.withLock { state -> [Int: CheckedContinuation<Value?, Never>]? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiters = [:] }
      return state.waiters
    }
    guard let waiters else { return false }
    for waiter in waiters.values { waiter.resume(returning: value) }
    return true
  }

  /// The value when it is settled; `nil` when the waiting task is cancelled first.
  func value() async -> Value? {
    let (settled, id) = state.withLock { state -> (Value?, Int) in
      defer { state.nextWaiter += 1 }
      return (state.value, state.nextWaiter)
    }
    if let settled { return settled }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Value?? in
          if let value = state.value { return .some(value) }
          if state.cancelledEarly.remove(id) != nil { return .some(nil) }
          state.waiters[id] = continuation
          return .none
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
        if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
        if state.value == nil { state.cancelledEarly.insert(id) }
        return nil
      }
      waiter?.resume(returning: nil)
    }
  }
}

/// Starts a task that runs on this thread until it first suspends, where the platform can: a port that answers
/// from memory then costs no hop and no timer.
@discardableResult
func startNow(_ operation: @escaping @Sendable @isolated(any) () async -> Void) -> Task<Void, Never> {
  if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
    return Task.immediate(operation: operation)
  }
  return Task(operation: operation)
}
