public import CPIS
public import NHSNumbers
internal import Synchronization

/// An upload that is added to the registry record by record.
///
/// The registry does not change before ``finish(recordsRead:)``. The session keeps the checked plans and the
/// rejected records, so its memory grows with these, not with the size of the file.
public struct UploadSession: Sendable, Redacting {
  private let registry: ReferenceRegistry
  private var staged: StagedUpload

  init(registry: ReferenceRegistry, staged: StagedUpload) {
    self.registry = registry
    self.staged = staged
  }

  /// Checks the next record, by itself and against demographics. A record with a fault is rejected; the others are
  /// not affected.
  ///
  /// - Complexity: O(1).
  public mutating func add(_ record: UploadRecord) {
    guard let valid = staged.check(record) else { return }
    enum Verdict {
      case matches
      case fault(UploadFault)
      case unavailable
    }
    let verdict = registry.state.withLock { state -> Verdict in
      guard state.demographics.isAvailable else { return .unavailable }
      do throws(UploadFault) {
        try state.demographics.verify(valid.person)
        return .matches
      } catch {
        return .fault(error)
      }
    }
    switch verdict {
    case .matches: staged.accept(valid, of: record)
    case .fault(let fault): staged.reject(record, fault)
    // No later record can be matched either, so the file must be sent again.
    case .unavailable: staged.refusal = .demographicsUnavailable
    }
  }

  /// Ends the file, and loads the records that were accepted, unless the file as a whole is refused.
  ///
  /// - Parameter recordsRead: how many records the reader saw; by default, as many as were added. When the file
  ///   declares another number, it is refused with CPF01 and changes nothing [D].
  /// - Returns: the acknowledgement. A second call is refused, because the file id is then no longer new.
  public func finish(recordsRead: Int? = nil) -> UploadAcknowledgement {
    let fileCode = registry.state.withLock { $0.load(staged, recordsRead: recordsRead ?? staged.readCount) }
    return acknowledgement(fileCode)
  }

  /// Abandons the file, because the rest of it cannot be read: CPF01, and nothing changes.
  public func abandon() -> UploadAcknowledgement { acknowledgement(.fileError) }

  private func acknowledgement(_ fileCode: UploadFileCode) -> UploadAcknowledgement {
    // A file that is refused as a whole returns no records: none of them is at fault.
    let isJudgedByRecord = [.allLoaded, .someLoaded, .noneLoaded].contains(fileCode)
    return UploadAcknowledgement(
      creationTime: registry.clock.now, fileID: staged.header.fileID,
      recordCount: staged.header.declaredRecordCount, recipient: staged.header.sender, fileCode: fileCode,
      loadedCount: isJudgedByRecord ? staged.accepted.count : 0,
      failedCount: isJudgedByRecord ? staged.rejected.count : 0,
      rejected: isJudgedByRecord ? staged.rejected : [])
  }
}

/// A file whose records are checked and not yet loaded: only at its end is it known whether their number is right.
struct StagedUpload {
  /// A record to be loaded, without what only the check needs.
  struct Record {
    let number: NHSNumber
    let birthDay: CivilDay
    let localID: String?
    let changes: [Change]
  }

  enum Change {
    case put(Plan)
    case withdraw(Plan.Identity)
  }

  let header: UploadHeader
  /// The day that records are checked for: the day on which reading the file began.
  let day: CivilDay
  /// The day on which the file was made, after which nobody in it was born.
  private let creationDay: CivilDay
  /// The sender; `nil` when its phone numbers are at fault.
  let authority: LocalAuthority?
  /// What is wrong with the sender's phone numbers; every record is then rejected for it.
  let senderFault: UploadFault?
  /// Why the file as a whole is refused; its records are then not checked.
  var refusal: UploadFileCode?

  private(set) var readCount = 0
  private(set) var accepted: [Record] = []
  private(set) var rejected: [UploadAcknowledgement.RejectedRecord] = []
  /// Records of patients who are 18 or over: they are out of scope, and do not count for going live [D].
  private(set) var outOfScopeCount = 0

  init(header: UploadHeader, on day: CivilDay, refusal: UploadFileCode?) {
    self.header = header
    self.day = day
    creationDay = UnitedKingdomTime.day(at: header.creationTime)
    self.refusal = refusal
    do throws(UploadFault) {
      authority = try header.sender.authority()
      senderFault = nil
    } catch {
      authority = nil
      senderFault = error
    }
  }

  /// Checks everything about the next record that does not need the demographics service.
  ///
  /// - Returns: the record to compare with demographics; `nil` when it was rejected, or the file is refused.
  fileprivate mutating func check(_ record: UploadRecord) -> ValidatedRecord? {
    readCount += 1
    guard refusal == nil else { return nil }
    do throws(UploadFault) {
      let valid = try record.validated(on: day, fileMadeOn: creationDay)
      if let senderFault { throw senderFault }
      return valid
    } catch {
      reject(record, error)
      return nil
    }
  }

  /// Keeps the latest record for loading.
  fileprivate mutating func accept(_ valid: ValidatedRecord, of record: UploadRecord) {
    guard let authority else { return }
    do throws(InvalidValue) {
      let changes = try valid.changes.map { change throws(InvalidValue) in
        let plan = try Plan(kind: change.kind, start: change.start, end: change.end, authority: authority)
        return change.isWithdrawn ? Change.withdraw(plan.identity) : .put(plan)
      }
      accepted.append(
        Record(
          number: valid.person.number, birthDay: valid.person.birthDay, localID: valid.person.localID,
          changes: changes))
    } catch {
      // The check covers every rule of a plan. Should the two ever differ, the record is rejected, not loaded.
      reject(record, UploadFault(.unreadable, at: .record))
    }
  }

  /// Notes that the latest record is not loaded.
  fileprivate mutating func reject(_ record: UploadRecord, _ fault: UploadFault) {
    if fault.reason == .eighteenOrOver { outOfScopeCount += 1 }
    rejected.append(
      UploadAcknowledgement.RejectedRecord(
        code: fault.code, reason: fault.isSaidByItsCode ? nil : fault.description,
        location: fault.xPath(inRecord: readCount), record: record))
  }
}

extension UploadFault {
  /// Whether the acknowledgement's code says it all.
  fileprivate var isSaidByItsCode: Bool {
    switch reason {
    case .nhsNumberUnknown, .nhsNumberSensitive, .demographicsDiffer, .nhsNumberInvalid, .nhsNumberSuperseded: true
    default: false
    }
  }
}
