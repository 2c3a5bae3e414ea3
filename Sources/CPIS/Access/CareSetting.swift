/// Where a patient is seen, which decides whether the local authority is told.
///
/// There is no default: a silent read in an emergency department means that the authority is never told
/// (hazard H7), and a notifying read in a surgery tells it of what is no event (hazard H8).
///
/// The settings that the rules of CP-IS name are here as constants. Sources disagree on some: London's procedures count
/// CAMHS, community paediatrics and hospital dentistry as unscheduled, the NHS roadmap as scheduled. For those the
/// caller states the care, and so it does for a setting of its own:
///
/// ```swift
/// let clinic = CareSetting.camhs(.scheduled)
/// let ward = try CareSetting(name: "gynaecology", displayText: "Gynaecology", care: .unscheduled)
/// ```
public struct CareSetting: Sendable {
  /// The two kinds of care that CP-IS knows. There are no others, so the enum is closed.
  public enum Care: Hashable, Sendable, CaseIterable {
    /// The patient came unplanned. A check that finds a plan enters the child's access history, and the
    /// authority is notified.
    case unscheduled
    /// The patient came by appointment. A check is a silent read: neither history nor notice.
    case scheduled
  }

  /// A word for machines: stored forms (``Notice/stored()``), logs and metrics use it. It never changes.
  public let name: String
  /// The name for a person to read.
  public let displayText: String
  /// Whether care here is scheduled or unscheduled.
  public let care: Care

  /// Makes a setting of the host's own.
  ///
  /// - Parameters:
  ///   - name: 1 to 64 ASCII letters, digits and hyphens, starting with a letter.
  ///   - displayText: what a person reads; not blank.
  ///   - care: whether the authority is told of checks here.
  /// - Throws: ``InvalidValue`` when a part breaks its rule, or when `name` is the name of one of our settings and the
  ///   care is not that setting's.
  public init(name: String, displayText: String, care: Care) throws(InvalidValue) {
    let ours = Self.known.filter { $0.name == name }
    guard ours.isEmpty || ours.contains(where: { $0.care == care }) else {
      throw InvalidValue("care setting", must: "have the care that CP-IS gives it, or another name")
    }
    try self.init(stored: name, displayText: displayText, care: care)
  }

  /// A setting as it was stored, perhaps when its name was not yet one of ours.
  init(stored name: String, displayText: String, care: Care) throws(InvalidValue) {
    func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    guard (1...64).contains(name.utf8.count), name.utf8.first.map(isLetter) == true,
      name.utf8.allSatisfy({
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
      })
    else {
      throw InvalidValue("care setting's name", must: "be 1 to 64 letters, digits and hyphens after a letter")
    }
    self.init(name, try displayText.nonBlank("care setting's text"), care)
  }

  private init(_ name: String, _ displayText: String, _ care: Care) {
    self.name = name
    self.displayText = displayText
    self.care = care
  }
}

extension CareSetting: Hashable {
  /// Settings are the same when name and care are; the text is only for show.
  public static func == (a: CareSetting, b: CareSetting) -> Bool { a.name == b.name && a.care == b.care }

  /// Feeds name and care.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(care)
  }
}

extension CareSetting {
  /// An emergency department.
  public static let emergencyDepartment = CareSetting("emergencyDepartment", "Emergency department", .unscheduled)
  /// A walk-in centre.
  public static let walkInCentre = CareSetting("walkInCentre", "Walk-in centre", .unscheduled)
  /// A minor injury unit or urgent treatment centre.
  public static let minorInjuryUnit = CareSetting(
    "minorInjuryUnit", "Minor injury unit or urgent treatment centre", .unscheduled)
  /// General practice out of hours.
  public static let generalPracticeOutOfHours = CareSetting(
    "generalPracticeOutOfHours", "GP out of hours", .unscheduled)
  /// NHS 111.
  public static let nhs111 = CareSetting("nhs111", "NHS 111", .unscheduled)
  /// An ambulance service.
  public static let ambulance = CareSetting("ambulance", "Ambulance", .unscheduled)
  /// A maternity unit.
  public static let maternity = CareSetting("maternity", "Maternity", .unscheduled)
  /// A paediatric ward.
  public static let paediatricWard = CareSetting("paediatricWard", "Paediatric ward", .unscheduled)

  /// General practice in hours.
  public static let generalPractice = CareSetting("generalPractice", "General practice", .scheduled)
  /// School nursing and health visiting, the 0–19 service.
  public static let schoolNursingAndHealthVisiting = CareSetting(
    "schoolNursingAndHealthVisiting", "School nursing and health visiting (0–19)", .scheduled)
  /// Dentistry outside hospital.
  public static let dentistry = CareSetting("dentistry", "Dentistry", .scheduled)
  /// A sexual assault referral centre.
  public static let sexualAssaultReferralCentre = CareSetting(
    "sexualAssaultReferralCentre", "Sexual assault referral centre", .scheduled)
  /// Termination of pregnancy.
  public static let terminationOfPregnancy = CareSetting(
    "terminationOfPregnancy", "Termination of pregnancy", .scheduled)

  /// Child and adolescent mental health services. Sources disagree on the care, so the caller states it.
  public static func camhs(_ care: Care) -> CareSetting { CareSetting("camhs", "CAMHS", care) }
  /// Community paediatrics. Sources disagree on the care, so the caller states it.
  public static func communityPaediatrics(_ care: Care) -> CareSetting {
    CareSetting("communityPaediatrics", "Community paediatrics", care)
  }
  /// Hospital dentistry. Sources disagree on the care, so the caller states it.
  public static func hospitalDentistry(_ care: Care) -> CareSetting {
    CareSetting("hospitalDentistry", "Hospital dentistry", care)
  }

  /// The settings named here; those on which sources disagree with either care.
  public static let known: [CareSetting] =
    [
      emergencyDepartment, walkInCentre, minorInjuryUnit, generalPracticeOutOfHours, nhs111, ambulance, maternity,
      paediatricWard, generalPractice, schoolNursingAndHealthVisiting, dentistry, sexualAssaultReferralCentre,
      terminationOfPregnancy,
    ] + Care.allCases.flatMap { [camhs($0), communityPaediatrics($0), hospitalDentistry($0)] }

  /// Which settings a policy speaks of. It is complete by its nature, so the enum is closed: a host's own setting is
  /// among `all` without being listed.
  public enum Selection: Hashable, Sendable {
    /// Every setting, also those that hosts add.
    case all
    /// Only these.
    case only(Set<CareSetting>)
    /// No setting.
    case none

    /// Whether a setting is among them.
    public func contains(_ setting: CareSetting) -> Bool {
      switch self {
      case .all: true
      case .only(let settings): settings.contains(setting)
      case .none: false
      }
    }
  }
}
