public import CPIS
public import NHSNumbers
internal import Synchronization

/// An upload on its way into the registry, record by record.
///
/// Nothing changes before ``finish(recordsRead:)``. It keeps the checked plans and the rejected records, so memory
/// grows with what is loaded and what is given back, not with the size of the file.
public struct UploadSession: Sendable, Redacting {
  private let registry: ReferenceRegistry
  private var staged: StagedUpload

  init(registry: ReferenceRegistry, staged: StagedUpload) {
    self.registry = registry
    self.staged = staged
  }

  /// Checks the next record, by itself and against demographics. A bad one is noted and costs only itself.
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
    // From here on nobody can be matched, so the file must come again.
    case .unavailable: staged.refusal = .demographicsUnavailable
    }
  }

  /// Ends the file, and loads what is good unless the file as a whole is refused.
  ///
  /// - Parameter recordsRead: how many records the reader saw; as many as were added unless given. When the file
  ///   said otherwise, it is refused with CPF01 and changes nothing [D].
  /// - Returns: what became of it. A second call is refused: the file id is then no longer a new one.
  public func finish(recordsRead: Int? = nil) -> UploadAcknowledgement {
    let fileCode = registry.state.withLock { $0.load(staged, recordsRead: recordsRead ?? staged.readCount) }
    return acknowledgement(fileCode)
  }

  /// Gives the file up, because the rest of it cannot be read: CPF01, and nothing changes.
  public func abandon() -> UploadAcknowledgement { acknowledgement(.fileError) }

  private func acknowledgement(_ fileCode: UploadFileCode) -> UploadAcknowledgement {
    // A file refused as a whole gives no record back: none of them is at fault.
    let isJudgedByRecord = [.allLoaded, .someLoaded, .noneLoaded].contains(fileCode)
    return UploadAcknowledgement(
      creationTime: registry.clock.now, fileID: staged.header.fileID,
      recordCount: staged.header.declaredRecordCount, recipient: staged.header.sender, fileCode: fileCode,
      loadedCount: isJudgedByRecord ? staged.accepted.count : 0,
      failedCount: isJudgedByRecord ? staged.rejected.count : 0,
      rejected: isJudgedByRecord ? staged.rejected : [])
  }
}
