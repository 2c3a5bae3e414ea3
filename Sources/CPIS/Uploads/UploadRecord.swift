public import NHSNumbers

/// One record of an upload as the authority sent it: text, not yet checked.
///
/// It keeps what was sent, right or wrong, so that a refused record can be given back. Check it with
/// ``validated(on:)``.
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
    /// The birth date, `yyyyMMdd` or with a time as HL7's `ts` has it; `nil` when missing.
    public var birthDate: String?
    /// Given names, separated by spaces; `nil` when missing.
    public var givenName: String?
    /// Family name; `nil` when missing.
    public var familyName: String?

    /// Makes a subject as sent.
    public init(
      role: SubjectRole?, nhsNumber: String?, localID: String? = nil, birthDate: String?,
      givenName: String?, familyName: String?
    ) {
      self.role = role
      self.nhsNumber = nhsNumber
      self.localID = localID
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
