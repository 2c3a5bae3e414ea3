/// What is wrong with a record of an upload, and where; never its content.
public struct UploadFault: Error, Hashable, Sendable {
  /// Why a record cannot be loaded.
  @nonexhaustive
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// No NHS number is given.
    case nhsNumberMissing
    /// The NHS number is not valid: format, check digit, or an old style of number.
    case nhsNumberInvalid
    /// Two subjects of one record have different numbers.
    case subjectsDiffer
    /// The demographics service does not know the number.
    case nhsNumberUnknown
    /// The demographics record is sensitive.
    case nhsNumberSensitive
    /// The number was superseded.
    case nhsNumberSuperseded
    /// Name or birth date do not match the demographics record, or those of the record's two subjects each other.
    case demographicsDiffer
    /// The plan kind is missing or unknown.
    case planKindMissing
    /// The plan has no start date.
    case planStartMissing
    /// A date is not one of the calendar, or not in the form of messages.
    case dateUnreadable
    /// A plan's date is before 1900 or after 2099, which the messages cannot carry.
    case dateOutOfRange
    /// The patient was born after the file was made, more than 120 years before it, or before 1900.
    case birthDateImpossible
    /// The plan ends before it starts.
    case planEndsBeforeStart
    /// An unborn child protection plan has no end date, the due date.
    case unbornPlanWithoutEnd
    /// The birth date is missing.
    case birthDateMissing
    /// The given name is missing.
    case givenNameMissing
    /// The family name is missing.
    case familyNameMissing
    /// There is no subject for a plan of this kind.
    case subjectMissing
    /// The record has more than three plans, or none.
    case planCount
    /// The record has more than two subjects, or two of the same role.
    case subjectCount
    /// The child is 18 or over.
    case eighteenOrOver
    /// The authority's name is blank.
    case authorityNameMissing
    /// The authority's emergency duty phone is missing.
    case emergencyDutyPhoneMissing
    /// The authority gives more than one emergency duty phone.
    case emergencyDutyPhoneRepeated
    /// The authority gives more than one office-hours phone.
    case officeHoursPhoneRepeated
    /// A phone of the authority is empty or not a number.
    case phoneUnusable
    /// The record could not be read: a part of it is too long, or not of the format.
    case unreadable
  }

  /// The part of a record that is at fault. Positions count from 1, as XPath does.
  @nonexhaustive
  public enum Place: Hashable, Sendable {
    /// The record as a whole.
    case record
    /// One of its plans.
    case plan(Int)
    /// One of its subjects.
    case subject(Int)
    /// The sender, at the head of the file.
    case sender
  }

  /// Why.
  public let reason: Reason
  /// Where.
  public let place: Place

  /// Makes a fault.
  public init(_ reason: Reason, at place: Place) {
    self.reason = reason
    self.place = place
  }
}

extension UploadFault {
  /// The code that the acknowledgement gives for it.
  public var code: UploadRecordCode {
    switch reason {
    case .nhsNumberUnknown: .numberUnknown
    case .nhsNumberSensitive: .sensitive
    case .demographicsDiffer, .givenNameMissing, .familyNameMissing: .notVerified
    case .nhsNumberInvalid: .numberInvalid
    case .nhsNumberSuperseded: .superseded
    default: .other
    }
  }

  /// The place as an XPath, for the record with a position from 1; `nil` leaves open which record it is.
  public func xPath(inRecord position: Int?) -> String {
    let record = "/File/record" + (position.map { "[\($0)]" } ?? "")
    return switch place {
    case .record: record
    case .plan(let number): "\(record)/CP-ISRecord/pertinentInformation[\(number)]"
    case .subject(let number): "\(record)/CP-ISRecord/subject[\(number)]"
    case .sender: "/File/communicationFunctionSnd/organisation"
    }
  }
}

extension UploadFault: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch reason {
    case .nhsNumberMissing: "NHS number missing"
    case .nhsNumberInvalid: "not a valid NHS number"
    case .subjectsDiffer: "the two subjects have different NHS numbers"
    case .nhsNumberUnknown: "NHS number not known to the demographics service"
    case .nhsNumberSensitive: "the demographics record is sensitive and cannot be loaded"
    case .nhsNumberSuperseded: "NHS number superseded; the new number is needed"
    case .demographicsDiffer: "name or birth date do not match the demographics record, or each other"
    case .planKindMissing: "plan kind missing or unknown"
    case .planStartMissing: "plan start date missing"
    case .dateUnreadable: "date not readable"
    case .dateOutOfRange: "date before 1900 or after 2099"
    case .birthDateImpossible: "birth date after the file was made, or more than 120 years before"
    case .planEndsBeforeStart: "plan ends before it starts"
    case .unbornPlanWithoutEnd: "unborn child protection plan without an end date"
    case .birthDateMissing: "birth date missing"
    case .givenNameMissing: "given name missing"
    case .familyNameMissing: "family name missing"
    case .subjectMissing: "no subject for a plan of this kind"
    case .planCount: "a record holds one to three plans"
    case .subjectCount: "a record holds one or two subjects, of different roles"
    case .eighteenOrOver: "the child is 18 or over"
    case .authorityNameMissing: "the local authority's name is missing"
    case .emergencyDutyPhoneMissing: "emergency duty phone missing"
    case .emergencyDutyPhoneRepeated: "more than one emergency duty phone"
    case .officeHoursPhoneRepeated: "more than one office-hours phone"
    case .phoneUnusable: "a phone is empty or not a phone number"
    case .unreadable: "the record could not be read whole"
    }
  }
}
