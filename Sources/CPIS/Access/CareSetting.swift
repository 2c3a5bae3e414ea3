/// Where a patient is seen, which decides whether the local authority is told.
///
/// There is no default: a silent read in an emergency department means that the authority is never told
/// (hazard H7), and a notifying read in a surgery tells it of what is no event (hazard H8).
public enum CareSetting: String, Hashable, Sendable, CaseIterable, Codable {
  /// An emergency department.
  case emergencyDepartment
  /// A walk-in centre.
  case walkInCentre
  /// A minor injury unit or urgent treatment centre.
  case minorInjuryUnit
  /// General practice out of hours.
  case generalPracticeOutOfHours
  /// NHS 111.
  case nhs111
  /// An ambulance service.
  case ambulance
  /// A maternity unit.
  case maternity
  /// A paediatric ward.
  case paediatricWard

  /// General practice in hours.
  case generalPractice
  /// Child and adolescent mental health services.
  case camhs
  /// School nursing and health visiting, the 0–19 service.
  case schoolNursingAndHealthVisiting
  /// Community paediatrics.
  case communityPaediatrics
  /// Dentistry.
  case dentistry
  /// A sexual assault referral centre.
  case sexualAssaultReferralCentre
  /// Termination of pregnancy.
  case terminationOfPregnancy
}

extension CareSetting {
  /// The two kinds of care that CP-IS knows.
  public enum Care: Hashable, Sendable, CaseIterable, Codable {
    /// The patient came unplanned. A check that finds a plan enters the child's access history, and the
    /// authority is notified.
    case unscheduled
    /// The patient came by appointment. A check is a silent read: neither history nor notice.
    case scheduled
  }

  /// Whether care here is scheduled or unscheduled.
  public var care: Care {
    switch self {
    case .emergencyDepartment, .walkInCentre, .minorInjuryUnit, .generalPracticeOutOfHours, .nhs111,
      .ambulance, .maternity, .paediatricWard:
      .unscheduled
    case .generalPractice, .camhs, .schoolNursingAndHealthVisiting, .communityPaediatrics, .dentistry,
      .sexualAssaultReferralCentre, .terminationOfPregnancy:
      .scheduled
    }
  }

  /// The name for a person to read.
  public var displayText: String {
    switch self {
    case .emergencyDepartment: "Emergency department"
    case .walkInCentre: "Walk-in centre"
    case .minorInjuryUnit: "Minor injury unit or urgent treatment centre"
    case .generalPracticeOutOfHours: "GP out of hours"
    case .nhs111: "NHS 111"
    case .ambulance: "Ambulance"
    case .maternity: "Maternity"
    case .paediatricWard: "Paediatric ward"
    case .generalPractice: "General practice"
    case .camhs: "CAMHS"
    case .schoolNursingAndHealthVisiting: "School nursing and health visiting (0–19)"
    case .communityPaediatrics: "Community paediatrics"
    case .dentistry: "Dentistry"
    case .sexualAssaultReferralCentre: "Sexual assault referral centre"
    case .terminationOfPregnancy: "Termination of pregnancy"
    }
  }
}
