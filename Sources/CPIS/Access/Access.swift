#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// One person or system looks at one patient's record, for one organisation, in one setting, at one time.
///
/// A ``RegistryClient`` is asked with an access, and is told of it later when it could not be asked. The notice to the
/// local authority lists it, the audit records it, and every outcome of a check carries it, so that a host can log the
/// very identity under which the authority is told.
///
/// ``TriageService`` makes the access of each check. Within a visit of unscheduled care all checks of one patient are
/// one access: see ``VisitMemory``.
public struct Access: Hashable, Sendable, Identifiable {
  /// The identity of an access. The registry counts accesses with one identity once.
  public struct ID: Hashable, Sendable {
    /// The identity as a UUID, as the `TraceID` header of the national API carries it.
    public let uuid: UUID

    /// Makes an identity from a UUID.
    public init(_ uuid: UUID) { self.uuid = uuid }
  }

  /// Its identity, which holds nothing of the patient.
  public let id: ID
  /// Whose record is looked at.
  public let patient: NHSNumber
  /// Who looks, for whom, and where.
  public let context: AccessContext
  /// When. An access that is declared later keeps the time at which it happened.
  public let time: Date

  /// Makes an access. A host that only makes checks need not: the service does.
  ///
  /// - Parameters:
  ///   - id: its identity. Never use it for another access.
  ///   - patient: whose record is looked at.
  ///   - context: who looks, for whom, and where.
  ///   - time: when.
  public init(id: ID, patient: NHSNumber, context: AccessContext, time: Date) {
    self.id = id
    self.patient = patient
    self.context = context
    self.time = time
  }
}

extension Access: Redacting {}

extension Access.ID: CustomStringConvertible {
  /// The UUID.
  public var description: String { uuid.uuidString }
}

/// Whether a patient's number has been traced and verified with the Personal Demographics Service.
///
/// CP-IS may only be asked about a traced number (hazard H3); the caller says so, and there is no default. The enum is
/// closed: a number is verified or it is not.
public enum Tracing: Hashable, Sendable, CaseIterable {
  /// The number was traced, and its demographics match the patient.
  case verified
  /// The number was typed, carried over, or not confirmed.
  case notVerified
}

/// A host's own identity of a visit, from registration to discharge.
///
/// It is opaque to us and never sent to the registry. Hosts build it from their own keys, so it redacts.
public struct VisitID: Hashable, Sendable, Redacting {
  /// The host's text.
  public let text: String
  private let isASCII: Bool

  /// Makes a visit id.
  ///
  /// - Throws: ``InvalidValue`` when the text is blank: all visits without a number would be one visit, and the
  ///   authority would hear of the first only.
  public init(_ text: String) throws(InvalidValue) {
    self.text = try text.nonBlank("visit id")
    isASCII = text.utf8.allSatisfy { $0 < 0x80 }
  }

  /// Compares byte by byte, as the derived identity of a visit does: no two ways to write an accent are one id.
  public static func == (a: VisitID, b: VisitID) -> Bool {
    // Among ASCII texts the faster comparison of texts is that of bytes.
    a.isASCII && b.isASCII ? a.text == b.text : a.text.utf8.elementsEqual(b.text.utf8)
  }

  /// Feeds the text: ids of the same bytes are the same text.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// What a host knows before a patient is named: who checks, for which organisation, where, and on what footing.
///
/// What decides safety has no default: author, organisation, setting and tracing are always stated. One context may
/// serve many patients; each check made with it is an access of its own, unless it belongs to the same visit.
public struct AccessContext: Hashable, Sendable {
  private struct Values: Hashable, Sendable {
    var author: Author
    var organisation: Organisation
    var setting: CareSetting
    var tracing: Tracing
    var visit: VisitID?
  }

  /// Holds the values once for all copies: every access and outcome carries a context.
  private final class Box: Sendable {
    let values: Values
    init(_ values: Values) { self.values = values }
  }

  private var box: Box

  /// Makes a context.
  ///
  /// - Parameters:
  ///   - author: who checks.
  ///   - organisation: in whose name.
  ///   - setting: where the patient is seen.
  ///   - tracing: whether the number was traced.
  ///   - visit: the visit; without one, every check is an access of its own.
  public init(
    author: Author, organisation: Organisation, setting: CareSetting, tracing: Tracing,
    visit: VisitID? = nil
  ) {
    box = Box(
      Values(
        author: author, organisation: organisation, setting: setting, tracing: tracing, visit: visit))
  }

  /// Who checks.
  public var author: Author {
    get { box.values.author }
    set { change { $0.author = newValue } }
  }

  /// In whose name.
  public var organisation: Organisation {
    get { box.values.organisation }
    set { change { $0.organisation = newValue } }
  }

  /// Where the patient is seen, which decides whether the authority is told.
  public var setting: CareSetting {
    get { box.values.setting }
    set { change { $0.setting = newValue } }
  }

  /// Whether the number was traced.
  public var tracing: Tracing {
    get { box.values.tracing }
    set { change { $0.tracing = newValue } }
  }

  /// The visit, when the host knows it. Repeats within one visit are declared once.
  public var visit: VisitID? {
    get { box.values.visit }
    set { change { $0.visit = newValue } }
  }

  private mutating func change(_ edit: (inout Values) -> Void) {
    var values = box.values
    edit(&values)
    box = Box(values)
  }

  /// Whether all that two contexts say is the same.
  public static func == (a: AccessContext, b: AccessContext) -> Bool {
    a.box === b.box || a.box.values == b.box.values
  }

  /// Feeds all that the context says.
  public func hash(into hasher: inout Hasher) { hasher.combine(box.values) }
}

extension AccessContext: Redacting {}

extension AccessContext {
  /// Whether a check that finds a plan is told to the authority.
  var isUnscheduled: Bool { box.values.setting.care == .unscheduled }
}
