#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Something that somebody must be told.
public enum Notice: Hashable, Sendable, Codable {
  /// For the trust's own safeguarding team: a patient with a plan was checked.
  case safeguarding(SafeguardingNotice)
  /// For the registry: an access that it could not be told of at the time.
  case undeclaredAccess(AccessDeclaration)
  /// For a local authority: the accesses to its children's records in a time window.
  case accessToService(AccessToServiceNotification)
  /// For a local authority: a number it uploaded is no longer in use.
  case inactiveNumber(InactiveNumberNotice)

  /// The notice's identity, which holds nothing of the patient: the same notice sent again has the same.
  public var id: UUID {
    switch self {
    case .safeguarding(let notice): notice.id
    case .undeclaredAccess(let access): access.id
    case .accessToService(let notice): notice.id
    case .inactiveNumber(let notice): notice.id
    }
  }
}

extension Notice {
  /// The one patient it is about; `nil` for one to an authority.
  var patient: NHSNumber? {
    switch self {
    case .safeguarding(let notice): notice.patient
    case .undeclaredAccess(let access): access.patient
    case .accessToService, .inactiveNumber: nil
    }
  }
}

extension Notice: Redacting {}
