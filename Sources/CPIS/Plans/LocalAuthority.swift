/// A local authority that is responsible for a plan, with the phones to ring.
public struct LocalAuthority: Hashable, Sendable {
  /// Its organisation code.
  public let code: ODSCode

  /// Its name.
  public let name: String

  /// The emergency duty team's phone, answered day and night. Mandatory in CP-IS (`EC` on the wire).
  public let emergencyDutyPhone: PhoneNumber

  /// The office's phone in office hours (`WP` on the wire); `nil` when the authority gave none.
  public let officeHoursPhone: PhoneNumber?

  /// Makes an authority.
  ///
  /// - Throws: ``InvalidValue`` when the name is blank.
  public init(
    code: ODSCode, name: String, emergencyDutyPhone: PhoneNumber, officeHoursPhone: PhoneNumber?
  ) throws(InvalidValue) {
    self.code = code
    self.name = try name.nonBlank("local authority's name")
    self.emergencyDutyPhone = emergencyDutyPhone
    self.officeHoursPhone = officeHoursPhone
  }
}

extension LocalAuthority {
  /// Which of an authority's phones is meant.
  public enum PhoneRole: Hashable, Sendable {
    /// The office, in office hours.
    case officeHours
    /// The emergency duty team, day and night.
    case emergencyDuty

    /// The name for a clinician to read.
    public var displayText: String {
      switch self {
      case .officeHours: "Office hours"
      case .emergencyDuty: "Emergency duty team"
      }
    }
  }

  /// The phone to ring at a time: the office's while it is open and has one, else the emergency duty team's.
  public func phone(at time: CivilTime, hours: OfficeHours) -> (role: PhoneRole, number: PhoneNumber) {
    if let officeHoursPhone, hours.areOpen(at: time) { return (.officeHours, officeHoursPhone) }
    return (.emergencyDuty, emergencyDutyPhone)
  }
}
