#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Decides which calls reach the registry: a value, so that every sequence of what may happen can be tried.
///
/// | | closed | open |
/// | --- | --- | --- |
/// | a check asks | let through, unless too many calls are in flight or the registry asked to be left alone | refused |
/// | the probe is due | none is | let through |
/// | a call, probe or delivery succeeds, or the registry refuses its author or request | failures 0 | closes |
/// | a check's call fails, or passes its deadline | one failure more; the last opens it | stays |
/// | a delivery fails, or an answer cannot be used | nothing | nothing |
package struct GuardState {
  /// A call that was let through.
  package struct CallID: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  /// What became of a call.
  package enum Verdict: Hashable, Sendable, CaseIterable {
    /// The registry answered: with what was asked for, or that this author or request will not do.
    case answered
    /// It is down, or asked for fewer calls.
    case failed
    /// It answered what cannot be used: that says nothing about the next answer.
    case unclear
  }

  private struct Call {
    var isTimedOut = false
    var isGivenUp = false
  }

  private let policy: RegistryGuardPolicy
  private var calls: [CallID: Call] = [:]
  private var nextNumber: UInt64 = 0
  private var failures = 0
  /// A time to wait, over also when the clock was set back to before it began: a registry that has come back must not
  /// stay hidden for as long as a clock was wrong.
  private struct Wait {
    let from: Date
    let until: Date

    init(from now: Date, for duration: Duration) {
      from = now
      until = now.addingTimeInterval(duration.seconds)
    }

    func isOver(at now: Date) -> Bool { now >= until || now < from }
  }

  /// Until the next probe is due; `nil` while calls are let through.
  private var nextProbe: Wait?
  /// While the registry asked to be left alone.
  private var leftAlone: Wait?

  /// Begins closed.
  package init(_ policy: RegistryGuardPolicy) { self.policy = policy }

  /// Whether checks' calls are refused.
  package var isOpen: Bool { nextProbe != nil }

  /// What a host sees of it.
  package var view: RegistryGuardState {
    let givenUp = calls.values.count { $0.isGivenUp }
    return RegistryGuardState(
      isOpen: isOpen, callsInFlight: calls.count - givenUp, callsGivenUp: givenUp, consecutiveFailures: failures)
  }

  /// Lets a check's call through.
  ///
  /// - Returns: `nil` when it must not be made.
  package mutating func admit(at now: Date) -> CallID? {
    guard nextProbe == nil, leftAlone?.isOver(at: now) ?? true,
      view.callsInFlight < policy.callsInFlight, view.callsGivenUp < policy.callsGivenUp
    else { return nil }
    return add()
  }

  /// Lets a probe through when one is due, whatever else is in flight.
  ///
  /// - Returns: `nil` when none is: the guard is closed, it is too early, or too many calls never came back.
  package mutating func probe(at now: Date) -> CallID? {
    guard let nextProbe, nextProbe.isOver(at: now), view.callsGivenUp < policy.callsGivenUp else { return nil }
    self.nextProbe = Wait(from: now, for: policy.probeInterval)
    return add()
  }

  private mutating func add() -> CallID {
    defer { nextNumber += 1 }
    calls[CallID(number: nextNumber)] = Call()
    return CallID(number: nextNumber)
  }

  /// A call came back.
  ///
  /// - Parameter retryAfter: how long the registry asked to be left alone.
  package mutating func finish(
    _ id: CallID, _ verdict: Verdict, retryAfter: Duration? = nil, at now: Date
  ) -> [RegistryGuardChange] {
    guard let call = calls.removeValue(forKey: id) else { return [] }
    switch verdict {
    case .answered: return succeeded()
    case .unclear: return []
    case .failed:
      if let retryAfter, retryAfter > .zero {
        leftAlone = Wait(from: now, for: min(retryAfter, policy.longestRetryAfter))
      }
      // What came after the deadline was counted then.
      return call.isTimedOut ? [] : failed(at: now)
    }
  }

  /// A call passed its deadline, and is still under way.
  package mutating func timeOut(_ id: CallID, at now: Date) -> [RegistryGuardChange] {
    guard calls[id]?.isTimedOut == false else { return [] }
    calls[id]?.isTimedOut = true
    return failed(at: now)
  }

  /// A call passed twice its deadline: its slot is free from now on.
  package mutating func giveUp(_ id: CallID) -> [RegistryGuardChange] {
    guard calls[id]?.isGivenUp == false else { return [] }
    calls[id]?.isGivenUp = true
    return view.callsGivenUp == policy.callsGivenUp ? [.tooManyGivenUp] : []
  }

  /// The registry answered somebody who does not pass the guard, as an outbox that delivers does not.
  package mutating func succeeded() -> [RegistryGuardChange] {
    failures = 0
    leftAlone = nil
    guard nextProbe != nil else { return [] }
    nextProbe = nil
    return [.closed]
  }

  private mutating func failed(at now: Date) -> [RegistryGuardChange] {
    failures = min(failures + 1, policy.failuresBeforeOpening)
    guard nextProbe == nil, failures == policy.failuresBeforeOpening else { return [] }
    nextProbe = Wait(from: now, for: policy.probeInterval)
    return [.opened]
  }
}

extension GuardState.Verdict {
  /// What a result says of the registry.
  init<Value>(_ result: Result<Value, RegistryError>) {
    switch result {
    case .success: self = .answered
    case .failure(let error): self.init(error)
    }
  }

  /// What an error says of the registry.
  init(_ error: RegistryError) {
    self =
      switch error.code {
      case .unavailable, .timedOut, .tooManyRequests: .failed
      case .accessDenied, .requestRejected: .answered
      default: .unclear
      }
  }
}
