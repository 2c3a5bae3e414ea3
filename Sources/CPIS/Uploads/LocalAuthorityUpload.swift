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
