#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// The head of an upload: what it says of itself, before its records.
public struct UploadHeader: Hashable, Sendable {
  /// When the file was made.
  public var creationTime: Date
  /// The file's number, which rises with every file of an authority and is quoted back in notices.
  public var fileID: UploadFileID
  /// How many records the file says it holds.
  public var declaredRecordCount: Int
  /// The authority that sends it.
  public var sender: UploadSender

  /// Makes a head.
  public init(creationTime: Date, fileID: UploadFileID, declaredRecordCount: Int, sender: UploadSender) {
    self.creationTime = creationTime
    self.fileID = fileID
    self.declaredRecordCount = declaredRecordCount
    self.sender = sender
  }
}

/// The authority that sends an upload, as it gave its details: phones are not yet checked.
public struct UploadSender: Hashable, Sendable {
  /// A phone as sent.
  public struct Telecom: Hashable, Sendable {
    /// `EC` for the emergency duty team, `WP` for office hours; `nil` when the file states no use.
    public var use: String?
    /// The number with its scheme, `tel:02073645000`.
    public var value: String

    /// Makes a phone as sent.
    public init(use: String?, value: String) {
      self.use = use
      self.value = value
    }
  }

  /// Its organisation code.
  public var code: ODSCode
  /// Its name.
  public var name: String
  /// Its phones.
  public var telecoms: [Telecom]

  /// Makes a sender.
  public init(code: ODSCode, name: String, telecoms: [Telecom]) {
    self.code = code
    self.name = name
    self.telecoms = telecoms
  }

  /// Makes the sender that an authority is when it gives its phones correctly.
  public init(_ authority: LocalAuthority) {
    self.init(
      code: authority.code, name: authority.name,
      telecoms: [Telecom(use: "EC", value: authority.emergencyDutyPhone.wireForm)]
        + (authority.officeHoursPhone.map { [Telecom(use: "WP", value: $0.wireForm)] } ?? []))
  }

  /// The authority with its phones.
  ///
  /// - Throws: ``UploadFault``, CPR07, when its name is blank, when there is not exactly one emergency duty phone, more than one office
  ///   phone, or one that is empty or no phone number. It then concerns every record of the file.
  public func authority() throws(UploadFault) -> LocalAuthority {
    let duty = telecoms.filter { $0.use == "EC" }
    let office = telecoms.filter { $0.use == "WP" }
    guard let first = duty.first else { throw UploadFault(.emergencyDutyPhoneMissing, at: .sender) }
    guard duty.count == 1 else { throw UploadFault(.emergencyDutyPhoneRepeated, at: .sender) }
    guard office.count <= 1 else { throw UploadFault(.officeHoursPhoneRepeated, at: .sender) }
    guard let dutyPhone = try? PhoneNumber(first.value) else {
      throw UploadFault(.phoneUnusable, at: .sender)
    }
    var officePhone: PhoneNumber?
    if let sent = office.first {
      guard let phone = try? PhoneNumber(sent.value) else { throw UploadFault(.phoneUnusable, at: .sender) }
      officePhone = phone
    }
    do throws(InvalidValue) {
      return try LocalAuthority(
        code: code, name: name, emergencyDutyPhone: dutyPhone, officeHoursPhone: officePhone)
    } catch {
      throw UploadFault(.authorityNameMissing, at: .sender)
    }
  }
}

/// A local authority's daily upload: the plans it tells CP-IS of.
///
/// Uploads add and change; what a file leaves out stays as it was.
public struct LocalAuthorityUpload: Hashable, Sendable {
  /// What the file says of itself.
  public var header: UploadHeader
  /// Its records, in the order of the file.
  public var records: [UploadRecord]

  /// Makes an upload.
  public init(header: UploadHeader, records: [UploadRecord]) {
    self.header = header
    self.records = records
  }
}

extension LocalAuthorityUpload: Redacting {}

/// The number of an upload file, by which its authority tells it from others and which notices quote.
///
/// It rises with every file of an authority, and may have any number of digits: more than fit into an `Int`. Leading
/// zeros say nothing and are dropped. The messages write −1 where a file id could not be read; that is no file id, and
/// here it is `nil` wherever it can occur.
///
/// ```swift
/// let first: UploadFileID = 587
/// let next = UploadFileID("18446744073709551616")
/// ```
public struct UploadFileID: Hashable, Sendable {
  /// Its digits, without leading zeros; `0` for zero.
  public let digits: String

  /// Reads a file id.
  ///
  /// - Returns: `nil` for anything but ASCII digits, at least one, and nothing else.
  public init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    let digits = text.drop { $0 == "0" }
    self.digits = digits.isEmpty ? "0" : String(digits)
  }

  /// Makes a file id of a number.
  public init(_ number: UInt) { digits = String(number) }
}

extension UploadFileID: Comparable {
  /// Orders file ids as the numbers they are.
  public static func < (a: UploadFileID, b: UploadFileID) -> Bool {
    let (first, second) = (a.digits.utf8, b.digits.utf8)
    guard first.count == second.count else { return first.count < second.count }
    return first.lexicographicallyPrecedes(second)
  }
}

extension UploadFileID: ExpressibleByIntegerLiteral {
  /// Makes a file id of a literal. A negative one does not compile.
  public init(integerLiteral number: UInt) { self.init(number) }
}

extension UploadFileID: CustomStringConvertible {
  /// Its digits.
  public var description: String { digits }
}

/// One record of an upload as the authority sent it: text, not yet checked.
///
/// It keeps what was sent, right or wrong, so that a refused record can be given back. Check it with
/// ``validated(on:fileMadeOn:)``.
public struct UploadRecord: Hashable, Sendable {
  /// A plan as sent.
  public struct SentPlan: Hashable, Sendable {
    /// The kind; `nil` when the record does not say, or says something unknown.
    public var kind: PlanKind?
    /// The start, `yyyyMMddHHmm`; `nil` when missing.
    public var start: String?
    /// The end, `yyyyMMddHHmm`; `nil` when open.
    public var end: String?
    /// When the plan was withdrawn as an upload error; `nil` when it stands.
    public var deleted: String?

    /// Makes a plan as sent.
    public init(kind: PlanKind?, start: String?, end: String? = nil, deleted: String? = nil) {
      self.kind = kind
      self.start = start
      self.end = end
      self.deleted = deleted
    }
  }

  /// Whose number a subject gives.
  @nonexhaustive
  public enum SubjectRole: Hashable, Sendable {
    /// The child's own.
    case child
    /// The mother's, for her unborn child.
    case motherOfUnbornChild
  }

  /// A subject as sent.
  public struct Subject: Hashable, Sendable, Redacting {
    /// Whether the details are a child's or a mother's; `nil` when the record does not say.
    public var role: SubjectRole?
    /// The NHS number; `nil` when missing.
    public var nhsNumber: String?
    /// The authority's own id for the child; `nil` when it gave none.
    public var localID: String?
    /// Who gave that id, as the authority writes it: `ODSCode:ODSName`, such as `212:LEEDS CITY COUNCIL`; `nil` when the
    /// record does not say. It is kept and written again as it came.
    public var localIDAssigner: String?
    /// The birth date, `yyyyMMdd` or with a time as HL7's `ts` has it; `nil` when missing.
    public var birthDate: String?
    /// Given names, separated by spaces; `nil` when missing.
    public var givenName: String?
    /// Family name; `nil` when missing.
    public var familyName: String?

    /// Makes a subject as sent.
    public init(
      role: SubjectRole?, nhsNumber: String?, localID: String? = nil, localIDAssigner: String? = nil,
      birthDate: String?, givenName: String?, familyName: String?
    ) {
      self.role = role
      self.nhsNumber = nhsNumber
      self.localID = localID
      self.localIDAssigner = localIDAssigner
      self.birthDate = birthDate
      self.givenName = givenName
      self.familyName = familyName
    }
  }

  /// The plans: one to three in a valid record.
  public var plans: [SentPlan]
  /// The subjects: one, or two for a girl who is both a child and expecting one.
  public var subjects: [Subject]
  /// Why the record could not be read whole; such a record is refused. `nil` when it was.
  public var readingFault: UploadFault?

  /// Makes a record as sent.
  public init(plans: [SentPlan], subjects: [Subject], readingFault: UploadFault? = nil) {
    self.plans = plans
    self.subjects = subjects
    self.readingFault = readingFault
  }
}

extension UploadRecord: Redacting {}
extension UploadRecord.SentPlan: Redacting {}
