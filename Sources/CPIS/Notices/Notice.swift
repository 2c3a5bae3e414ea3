#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Something that somebody must be told.
@nonexhaustive
public enum Notice: Hashable, Sendable {
  /// For the trust's own safeguarding team: a patient with a plan was checked.
  case safeguarding(SafeguardingNotice)
  /// For the registry: an access that it could not be told of at the time.
  case undeclaredAccess(UndeclaredAccess)
  /// For a local authority: the accesses to its children's records in a time window.
  case accessToService(AccessToServiceNotification)
  /// For a local authority: a number it uploaded is no longer in use.
  case inactiveNumber(InactiveNumberNotice)

  /// The notice's identity, which holds nothing of the patient: the same notice sent again has the same.
  public var id: UUID {
    switch self {
    case .safeguarding(let notice): notice.id
    case .undeclaredAccess(let notice): notice.id
    case .accessToService(let notice): notice.id
    case .inactiveNumber(let notice): notice.id
    }
  }
}

extension Notice {
  /// The one access it tells of; `nil` for one to an authority.
  var access: Access? {
    switch self {
    case .safeguarding(let notice): notice.access
    case .undeclaredAccess(let notice): notice.access
    case .accessToService, .inactiveNumber: nil
    }
  }

  /// The one patient it is about; `nil` for one to an authority.
  var patient: NHSNumber? { access?.patient }
}

extension Notice: Redacting {}

/// An access that the registry could not be told of at the time, and is to be told of now.
///
/// It has an identity of its own, by which a sink knows it again. One access may need two of these: a registry that
/// holds no plan yet forgets the first. The registry goes by the identity of the access, and counts it once.
public struct UndeclaredAccess: Hashable, Sendable {
  /// Its identity; a fresh one each time one is made.
  public let id: UUID
  /// The access, with the author, setting and time it was made with.
  public let access: Access

  /// Makes a notice of an access.
  public init(id: UUID, access: Access) {
    self.id = id
    self.access = access
  }
}

extension UndeclaredAccess: Redacting {}

/// Tells a trust's own safeguarding team that a patient with a plan was checked.
public struct SafeguardingNotice: Hashable, Sendable {
  /// Its identity.
  public let id: UUID
  /// The access that found the plans: whose number they are recorded under (for an unborn child protection plan the
  /// mother's), who checked, for which organisation, where, when, and in which visit.
  public let access: Access
  /// The plans, each with its authority and phones.
  public let plans: RecordedPlans
  /// Whether all that the registry answered could be read.
  public let completeness: Completeness
  /// Where the plans come from, and how old they were when they were shown. Show it: plans from a cache may have
  /// changed since (hazard H2).
  public let origin: AnswerOrigin
  /// Whether an earlier check of the same visit already gave a notice.
  public let isRepeat: Bool

  /// Makes a notice.
  public init(
    id: UUID, access: Access, plans: RecordedPlans, completeness: Completeness, origin: AnswerOrigin, isRepeat: Bool
  ) {
    self.id = id
    self.access = access
    self.plans = plans
    self.completeness = completeness
    self.origin = origin
    self.isRepeat = isRepeat
  }

  /// Whose number the plans are recorded under.
  public var patient: NHSNumber { access.patient }
}

extension SafeguardingNotice: Redacting {}
