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
    underWay.withLock { flights in
      if let other = flights[flight.patient]?.first(where: { $0.isSameAccess(as: flight) }) { return other }
      flights[flight.patient, default: []].append(flight)
      return nil
    }
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
