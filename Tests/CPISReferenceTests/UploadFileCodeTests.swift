import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("Section 2. Uploads: codes of the file")
struct UploadFileCodeTests {
  @Test("CPF02: all loaded; the acknowledgement carries file id, record count and counts of good and bad")
  func allLoaded() async throws {
    let bench = try Bench()
    let file = try Sample.upload(41, [try Sample.record(0), try Sample.record(1)])
    let ack = bench.registry.ingest(file)
    #expect(
      ack
        == UploadAcknowledgement(
          creationTime: bench.clock.now, fileID: 41, recordCount: 2, recipient: file.header.sender,
          fileCode: .allLoaded, loadedCount: 2, failedCount: 0, rejected: []))
    #expect(ack.fileCode.rawValue == "CPF02")
  }

  @Test("CPF02: a file without records is loaded, all of it")
  func emptyFile() throws {
    #expect(try Bench().registry.ingest(try Sample.upload(1, [])).fileCode == .allLoaded)
  }

  @Test("CPF03: some loaded; each record stands alone, a bad one never stops a good one", arguments: 0...4)
  func someLoaded(badPlace: Int) async throws {
    let bench = try Bench()
    var records = try (0..<5).map { try Sample.record($0) }
    records[badPlace].plans[0].start = nil
    let ack = bench.registry.ingest(try Sample.upload(1, records))
    #expect(ack.fileCode == .someLoaded)
    #expect(ack.fileCode.rawValue == "CPF03")
    #expect((ack.loadedCount, ack.failedCount) == (4, 1))
    let rejected = try #require(ack.rejected.first)
    #expect(rejected.record == records[badPlace])
    #expect(
      rejected.location == "/File/record[\(badPlace + 1)]/CP-ISRecord/pertinentInformation[1]")
    for index in 0..<5 {
      #expect(try await bench.found(try Sample.number(index)).isEmpty == (index == badPlace))
    }
  }

  @Test("CPF04: none loaded")
  func noneLoaded() throws {
    let ack = try Bench(known: 0).registry.ingest(
      try Sample.upload(1, [try Sample.record(0), try Sample.record(1)]))
    #expect(ack.fileCode == .noneLoaded)
    #expect(ack.fileCode.rawValue == "CPF04")
    #expect((ack.loadedCount, ack.failedCount) == (0, 2))
  }

  @Test("CPF01: count mismatch with transmissionQuantity; nothing changes", arguments: [0, 1, 3, 200_000])
  func countMismatch(declared: Int) async throws {
    let bench = try Bench()
    var file = try Sample.upload(1, [try Sample.record(0), try Sample.record(1)])
    file.header.declaredRecordCount = declared
    let ack = bench.registry.ingest(file)
    #expect(ack.fileCode == .fileError)
    #expect(ack.fileCode.rawValue == "CPF01")
    #expect((ack.fileID, ack.recordCount, ack.loadedCount, ack.failedCount) == (1, declared, 0, 0))
    #expect(ack.rejected.isEmpty)
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
    // The id was not used up.
    file.header.declaredRecordCount = 2
    #expect(bench.registry.ingest(file).fileCode == .allLoaded)
  }

  @Test("CPF01: a reader that saw another number of records than were added is believed")
  func readersCount() throws {
    let bench = try Bench()
    var session = bench.registry.beginUpload(try Sample.header(1, count: 1))
    session.add(try Sample.record(0))
    #expect(session.finish(recordsRead: 2).fileCode == .fileError)
    #expect(session.finish(recordsRead: 1).fileCode == .allLoaded)
  }

  @Test("CPF01: not well-formed after some records; nothing changes, and the same id may come again")
  func abandoned() async throws {
    let bench = try Bench()
    var session = bench.registry.beginUpload(try Sample.header(1, count: 2))
    session.add(try Sample.record(0))
    let ack = session.abandon()
    #expect(ack.fileCode == .fileError)
    #expect((ack.fileID, ack.recordCount, ack.loadedCount) == (1, 2, 0))
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
    #expect(bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)])).fileCode == .allLoaded)
  }

  @Test("CPF01: file id and record count are left open where they cannot be read")
  func unreadable() throws {
    let bench = try Bench()
    let sender = UploadSender(try Sample.authority())
    let blind = bench.registry.refuseUnreadable(from: sender, fileID: nil, recordCount: nil)
    #expect(blind.fileID == nil && blind.recordCount == nil)
    #expect((blind.loadedCount, blind.failedCount) == (0, 0))
    #expect(blind.fileCode == .fileError)
    #expect(blind.recipient == sender)
    let known = bench.registry.refuseUnreadable(from: sender, fileID: 7, recordCount: nil)
    #expect(known.fileID == 7 && known.recordCount == nil)
  }

  @Test("CPF01: a file whose id is not higher than the last accepted from that LA changes nothing")
  func fileIDMustRise() async throws {
    let bench = try Bench()
    #expect(bench.registry.ingest(try Sample.upload(5, [try Sample.record(0)])).fileCode == .allLoaded)
    for fileID in [5, 4, 0] as [UploadFileID] {
      let ack = bench.registry.ingest(try Sample.upload(fileID, [try Sample.record(1)]))
      #expect(ack.fileCode == .fileError)
    }
    #expect(try await bench.found(try Sample.number(1)).isEmpty)
    #expect(bench.registry.ingest(try Sample.upload(9, [try Sample.record(1)])).fileCode == .allLoaded)
    #expect(bench.registry.ingest(try Sample.upload(8, [try Sample.record(2)])).fileCode == .fileError)
    let other = UploadSender(try Sample.authority("712"))
    #expect(bench.registry.ingest(try Sample.upload(1, [], sender: other)).fileCode == .allLoaded)
  }

  @Test("The first file of an LA may have any id, 0 too; ids beyond 64 bits rise like all others")
  func fileIDsOfAnyLength() throws {
    let bench = try Bench()
    let long = try #require(UploadFileID("99999999999999999999"))
    let longer = try #require(UploadFileID("100000000000000000000"))
    for (fileID, code) in [
      (0, .allLoaded), (0, .fileError), (long, .allLoaded), (UploadFileID(.max), .fileError), (longer, .allLoaded),
      (long, .fileError),
    ] as [(UploadFileID, UploadFileCode)] {
      let ack = bench.registry.ingest(try Sample.upload(fileID, [try Sample.record(0)]))
      #expect(ack.fileCode == code, "\(fileID)")
      #expect(ack.fileID == fileID)
    }
    #expect(bench.registry.goLiveReport(for: try Sample.authority().code)?.fileID == longer)
  }

  @Test("CPF01: of two files of one LA read at once, the one that ends later with a lower id is refused")
  func interleaved() throws {
    let bench = try Bench()
    var first = bench.registry.beginUpload(try Sample.header(1, count: 1))
    var second = bench.registry.beginUpload(try Sample.header(2, count: 1))
    first.add(try Sample.record(0))
    second.add(try Sample.record(1))
    #expect(second.finish().fileCode == .allLoaded)
    #expect(first.finish().fileCode == .fileError)
    #expect(second.finish().fileCode == .fileError)
  }

  @Test("A file of which none was loaded counts as accepted: its id is used up")
  func noneLoadedUsesItsID() throws {
    let bench = try Bench()
    #expect(bench.registry.ingest(try Sample.upload(3, [try Sample.record(99)])).fileCode == .noneLoaded)
    #expect(bench.registry.ingest(try Sample.upload(3, [try Sample.record(0)])).fileCode == .fileError)
  }

  @Test("CPF05: demographics service unavailable; nothing loaded, and the same file may be sent again")
  func demographicsUnavailable() async throws {
    let bench = try Bench()
    let file = try Sample.upload(1, [try Sample.record(0)])
    bench.registry.setDemographics(isAvailable: false)
    let ack = bench.registry.ingest(file)
    #expect(ack.fileCode == .demographicsUnavailable)
    #expect(ack.fileCode.rawValue == "CPF05")
    #expect((ack.loadedCount, ack.failedCount, ack.recordCount) == (0, 0, 1))
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
    bench.registry.setDemographics(isAvailable: true)
    #expect(bench.registry.ingest(file).fileCode == .allLoaded)
  }

  @Test("CPF05: unavailable at the start, in the middle or at the end of a file", arguments: 0...3)
  func demographicsLost(after records: Int) async throws {
    let bench = try Bench()
    if records == 0 { bench.registry.setDemographics(isAvailable: false) }
    var session = bench.registry.beginUpload(try Sample.header(1, count: 3))
    for index in 0..<3 {
      session.add(try Sample.record(index))
      if index + 1 == records { bench.registry.setDemographics(isAvailable: false) }
    }
    #expect(session.finish().fileCode == .demographicsUnavailable)
    for index in 0..<3 { #expect(try await bench.found(try Sample.number(index)).isEmpty) }
  }

  @Test("CPF05: unavailable for one record only, and back before the end; no record is passed over in silence")
  func demographicsLostForAMoment() async throws {
    let bench = try Bench()
    var session = bench.registry.beginUpload(try Sample.header(1, count: 2))
    bench.registry.setDemographics(isAvailable: false)
    session.add(try Sample.record(0))
    bench.registry.setDemographics(isAvailable: true)
    session.add(try Sample.record(1))
    #expect(session.finish().fileCode == .demographicsUnavailable)
    #expect(try await bench.found(try Sample.number(1)).isEmpty)
  }

  @Test("CPF06: sender's version no longer supported; other senders are not concerned")
  func versionUnsupported() throws {
    let bench = try Bench()
    bench.registry.setVersion(of: try ODSCode("711"), isSupported: false)
    let ack = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)]))
    #expect(ack.fileCode == .versionUnsupported)
    #expect(ack.fileCode.rawValue == "CPF06")
    let other = UploadSender(try Sample.authority("712"))
    #expect(bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)], sender: other)).loadedCount == 1)
    bench.registry.setVersion(of: try ODSCode("711"), isSupported: true)
    #expect(bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)])).fileCode == .allLoaded)
  }

  @Test("A file refused as a whole leaves the authority's phones as they were")
  func refusedFileKeepsPhones() async throws {
    let bench = try Bench()
    _ = bench.registry.ingest(try Sample.upload(2, [try Sample.record(0)]))
    let other = UploadSender(try Sample.authority(duty: "02079460009"))
    _ = bench.registry.ingest(try Sample.upload(1, [], sender: other))
    #expect(try await bench.found(try Sample.number(0)).first?.authority == (try Sample.authority()))
  }

  @Test("Go-live gate: at least 95 % of in-scope records matched", arguments: [0, 1, 5, 6, 20, 100])
  func goLive(unmatched: Int) throws {
    let bench = try Bench(known: 1)
    var records = Array(repeating: try Sample.record(0), count: 100 - unmatched)
    records += Array(repeating: try Sample.record(1), count: unmatched)
    // Out of scope, so neither matched nor missing.
    var adult = try Sample.record(0)
    adult.subjects[0].birthDate = "20081121"
    records.append(adult)
    _ = bench.registry.ingest(try Sample.upload(12, records))
    let report = try #require(bench.registry.goLiveReport(for: try ODSCode("711")))
    #expect((report.fileID, report.inScope, report.matched) == (12, 100, 100 - unmatched))
    #expect(report.percentage == Double(100 - unmatched))
    #expect(report.isSufficient == (unmatched <= 5))
  }

  @Test("Go-live gate: without a file there is no figure, and an empty one shows nothing")
  func goLiveWithoutFigures() throws {
    let bench = try Bench()
    let code = try ODSCode("711")
    #expect(bench.registry.goLiveReport(for: code) == nil)
    _ = bench.registry.ingest(try Sample.upload(1, []))
    let report = try #require(bench.registry.goLiveReport(for: code))
    #expect(report.percentage == nil)
    #expect(!report.isSufficient)
  }
}
