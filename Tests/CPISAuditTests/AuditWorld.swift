import CPIS
import CPISAudit
import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import NHSNumbers

/// Not a keyed hash for use: the number's digits, turned.
struct SampleHasher: PatientHasher {
  var fails = false
  func hash(_ patient: NHSNumber) throws(SealerError) -> [UInt8] {
    if fails { throw SealerError(.keyUnavailable) }
    return SHA256Digest(of: Array("a key:\(patient.wireForm)".utf8)).bytes
  }
}

func sampleEntry(_ index: Int) throws -> AuditEntry {
  let outcomes: [AuditEntry.Outcome] = [
    .plansRecorded(.registry), .noPlanRecorded(.cache), .notChecked(reason: "timedOut"),
    .notChecked(reason: "999 000 0018"),
  ]
  return AuditEntry(
    time: sampleTime.addingTimeInterval(Double(index) * 61.5),
    patient: index % 4 == 3 ? nil : try sampleNumber(index),
    context: try sampleContext(index), accessID: Access.ID(sampleID(index)), outcome: outcomes[index % 4])
}

/// Not a hash at all: so many bytes.
struct FixedHasher: PatientHasher {
  let length: Int
  func hash(_ patient: NHSNumber) throws(SealerError) -> [UInt8] { [UInt8](repeating: 7, count: length) }
}

/// A clock that a test sets.
struct StoppedClock: WallClock {
  var now = sampleTime
  func sleep(for duration: Duration) async throws {}
}

/// A log in memory, and what is asked of it.
struct World: Sendable {
  static let folder = "/data/audit"

  let fileSystem: MemoryFileSystem
  var rotation = AuditLog.Rotation()
  var clock = StoppedClock()

  init(_ disk: Disk = Disk(), segmentBytes: Int = 16 << 20) {
    self.init(on: MemoryFileSystem(disk), segmentBytes: segmentBytes)
  }

  init(on fileSystem: MemoryFileSystem, segmentBytes: Int = 16 << 20) {
    self.fileSystem = fileSystem
    rotation.segmentBytes = segmentBytes
  }

  func open(_ hasher: SampleHasher = SampleHasher()) async throws(AuditError) -> AuditLog {
    try await AuditLog.open(fileSystem, folder: Self.folder, hasher: hasher, rotation: rotation, clock: clock)
  }

  /// Records entries one after another.
  ///
  /// - Returns: the head after each.
  func record(_ indices: Range<Int>) async throws -> [AuditHead] {
    let log = try await open()
    var heads: [AuditHead] = []
    for index in indices {
      try await log.record(try sampleEntry(index))
      heads.append(try await log.head())
    }
    await log.close()
    return heads
  }

  func verify(against heads: [AuditHead] = []) async throws -> AuditVerification {
    try await AuditLog.verify(fileSystem, folder: Self.folder, against: heads)
  }

  /// The paths of the segments, oldest first.
  var segments: [String] { fileSystem.disk.files.keys.filter { $0.contains("/audit-") }.sorted() }

  /// The lines of all segments, without the frames around them.
  var lines: [[UInt8]] {
    segments.flatMap { path -> [[UInt8]] in
      var (rest, lines) = ((fileSystem.disk.files[path] ?? [])[...], [[UInt8]]())
      while rest.count >= 36 {
        let header = Array(rest.prefix(36))
        let length = header[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
        let payload = rest.dropFirst(36).prefix(length)
        if header[5] == 2 { lines += payload.split(separator: UInt8(ascii: "\n")).map(Array.init) }
        rest = rest.dropFirst(36 + length)
      }
      return lines
    }
  }
}
