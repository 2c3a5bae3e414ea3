internal import CPIS
internal import NHSNumbers

/// A file whose records are checked, and not yet loaded: whether its count is right is known only at its end.
struct StagedUpload {
  /// A record that will be loaded, without what is only for the check.
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
  /// The day by which records are judged: the day on which the file began to be read.
  let day: CivilDay
  /// The sender, when its phones are right.
  let authority: LocalAuthority?
  /// What is wrong with the sender's phones, which every record then suffers from.
  let senderFault: UploadFault?
  /// Why the file as a whole is refused; its records are then not looked at.
  var refusal: UploadFileCode?

  private(set) var readCount = 0
  private(set) var accepted: [Record] = []
  private(set) var rejected: [UploadAcknowledgement.RejectedRecord] = []
  /// Records of patients who are 18 or over: not in scope, so not counted for go-live [D].
  private(set) var outOfScopeCount = 0

  init(header: UploadHeader, on day: CivilDay, refusal: UploadFileCode?) {
    self.header = header
    self.day = day
    self.refusal = refusal
    do throws(UploadFault) {
      authority = try header.sender.authority()
      senderFault = nil
    } catch {
      authority = nil
      senderFault = error
    }
  }

  /// Checks the next record by itself: everything that needs no demographics service.
  ///
  /// - Returns: the record to hold against demographics; `nil` when it was rejected, or the file is.
  mutating func check(_ record: UploadRecord) -> ValidatedRecord? {
    readCount += 1
    guard refusal == nil else { return nil }
    do throws(UploadFault) {
      let valid = try record.validated(on: day)
      if let senderFault { throw senderFault }
      return valid
    } catch {
      reject(record, error)
      return nil
    }
  }

  /// Keeps the latest record for loading.
  mutating func accept(_ valid: ValidatedRecord, of record: UploadRecord) {
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
      // The check holds a record to every rule of a plan. Should they part, the record is refused, not loaded.
      reject(record, UploadFault(.unreadable, at: .record))
    }
  }

  /// Notes that the latest record is not loaded.
  mutating func reject(_ record: UploadRecord, _ fault: UploadFault) {
    if fault.reason == .eighteenOrOver { outOfScopeCount += 1 }
    rejected.append(
      UploadAcknowledgement.RejectedRecord(
        code: fault.code, reason: fault.isSaidByItsCode ? nil : fault.description,
        location: fault.xPath(inRecord: readCount), record: record))
  }
}

extension UploadFault {
  /// Whether the code of the acknowledgement leaves nothing to add.
  fileprivate var isSaidByItsCode: Bool {
    switch reason {
    case .nhsNumberUnknown, .nhsNumberSensitive, .demographicsDiffer, .nhsNumberInvalid, .nhsNumberSuperseded: true
    default: false
    }
  }
}
