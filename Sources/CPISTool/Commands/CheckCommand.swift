import CPIS
import CPISReference
import Foundation
import NHSNumbers

/// `cpis check`: one check against upload files, with the reference registry.
struct CheckCommand: Command {
  static let words = ["check"]
  static let summary = "load upload files and check one patient against them"
  static let help = """
    cpis check --upload FILE... --patient N [--setting SETTING] [--scheduled | --unscheduled] [--at TIME] [--json]

    A REHEARSAL: CP-IS is not asked, and nobody is told, whatever the text of the outcome says of authorities. The first
    line says so and, as JSON, "rehearsal": true.
    Loads the files into the reference registry, in the order given, and makes one triage check. It trusts the files
    on who has which number, because there is no demographics service here.

      --upload FILE...    upload messages (REPC_MT000002GB01); may be repeated; '-' is standard input
      --patient N         the NHS number, ten digits or 3-3-4 in quotes
      --setting SETTING   where the patient is seen; by default emergency-department, or general-practice with
                          --scheduled
      --scheduled         make a silent read, as in scheduled care
      --unscheduled       make a notifying check, as in unscheduled care
      --at TIME           the time of the check on UK clocks, 2026-11-21T02:14 or 202611210214; by default now
      --json              write the outcome, or the error, as JSON, without the NHS number

    Records that are not loaded cannot be found. When there are any, the outcome begins with INCOMPLETE, the JSON gives
    their number as recordsNotLoaded and calls "no plan" no-plan-among-the-records-loaded, and the exit code is 5.

    Settings of unscheduled care, which tells the authority:
    \(names([.unscheduled]))
    Settings of scheduled care, a silent read:
    \(names([.scheduled]))
    Settings on which sources disagree, with --scheduled or --unscheduled:
    \(names([.unscheduled, .scheduled]))

    Exit codes: 0 checked · 2 wrong usage · 3 not checked · 4 a file could not be loaded, so no check was made ·
                5 checked, but records were not loaded · 6 output could not be written
    """

  /// The settings that may have exactly these kinds of care.
  private static func names(_ care: Set<CareSetting.Care>) -> String {
    var names: [String] = []
    for setting in CareSetting.known where Set(CareSetting.named(setting.argument).map(\.care)) == care {
      if !names.contains(setting.argument) { names.append(setting.argument) }
    }
    return names.map { "  \($0)" }.joined(separator: "\n")
  }

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(
      words,
      options: [
        "--upload": .many, "--patient": .one, "--setting": .one, "--scheduled": .none, "--unscheduled": .none,
        "--at": .one, "--json": .none,
      ])
    let (files, patient) = try whatAndWhom(arguments)
    let setting = try setting(arguments)
    let clock = ManualClock(try arguments.time("--at"))

    let registry = ReferenceRegistry(demographics: Demographics(unlistedNumbers: .trusted), clock: clock)
    var recordsNotLoaded = 0
    for file in files { recordsNotLoaded += try load(file, registry, console) }

    guard let service = try? TriageService(registry: registry, notices: RecordingSink(), clock: clock) else {
      throw .unreadable("policy", "the check's own policy makes no sense")
    }
    let outcome = await service.check(patient, in: try context(setting))
    let result = CheckResult(outcome: outcome, recordsNotLoaded: recordsNotLoaded)
    if arguments.has("--json") {
      try console.write(json: OutcomeReport(result, setting))
    } else {
      try console.write(Rehearsal.line, .caution)
      try console.write(result.bodyLines.joined(separator: "\n"), result.style)
    }
    return result.exitCode
  }

  /// The files and the number. A number among the files, or one that was split at its spaces, gets a message of its
  /// own.
  private static func whatAndWhom(_ arguments: Arguments) throws(CommandFailure) -> ([String], String) {
    let files = arguments.all("--upload")
    let patient = arguments.value("--patient")
    if (arguments.rest + files).contains(where: Repeating.isLikeNumber) {
      throw .usage(
        patient == nil
          ? "a word that looks like a number needs --patient before it"
          : "--patient takes one word; put a number written 3-3-4 in quotes")
    }
    if let word = arguments.rest.first { throw .usage(Repeating.told("an unexpected word", word)) }
    guard files.count(where: { $0 == "-" }) <= 1 else { throw .usage("standard input can be read only once") }
    guard !files.isEmpty else { throw .usage("--upload is missing") }
    guard let patient else { throw .usage("--patient is missing") }
    return (files, patient)
  }

  /// - Returns: how many of its records were not loaded.
  private static func load(_ file: String, _ registry: ReferenceRegistry, _ console: Console) throws(CommandFailure)
    -> Int
  {
    let loaded = try UploadFiles.load(file, into: registry)
    let result = loaded.acknowledgement
    let shown = Repeating.path(file)
    switch result.fileCode {
    case .allLoaded: return 0
    case .someLoaded:
      let count = result.recordCount.map { " of \($0.counted("record"))" } ?? ""
      console.complain(
        "\(shown): not loaded: \(result.failedCount)\(count), which cannot be found; 'cpis upload lint' tells why")
      return result.failedCount
    // The count is right, so the registry refuses the file's id: lint would find nothing.
    case .fileError where loaded.countMatches:
      throw .unreadable(
        "alreadyLoaded", "\(shown): not loaded (CPF01): this file id, or a later one, was loaded already")
    default:
      throw .unreadable(
        result.fileCode.rawValue, "\(shown): not loaded (\(result.fileCode.rawValue)); 'cpis upload lint' tells why"
      )
    }
  }

  private static func setting(_ arguments: Arguments) throws(CommandFailure) -> CareSetting {
    let isScheduled = arguments.has("--scheduled")
    let isUnscheduled = arguments.has("--unscheduled")
    if isScheduled && isUnscheduled { throw .usage("--scheduled and --unscheduled exclude each other") }
    guard let name = arguments.value("--setting") else {
      return isScheduled ? .generalPractice : .emergencyDepartment
    }
    var settings = CareSetting.named(name)
    if settings.isEmpty { throw .usage(Repeating.told("no such setting", name)) }
    if isScheduled || isUnscheduled { settings.removeAll { ($0.care == .scheduled) != isScheduled } }
    guard let setting = settings.first else {
      throw .usage(
        isScheduled
          ? "\(name) is unscheduled care; it cannot be read silently"
          : "\(name) is scheduled care; a check there tells nobody")
    }
    guard settings.count == 1 else {
      throw .usage("sources disagree on \(name): say --scheduled or --unscheduled")
    }
    return setting
  }

  private static func context(_ setting: CareSetting) throws(CommandFailure) -> AccessContext {
    do throws(InvalidValue) {
      let user = try Worker(
        userID: "555021935107", roleProfileID: "555021936108", jobRole: JobRole(code: "R8001", name: "Nurse"),
        name: "Tool User", activities: Set(Activity.allCases))
      let trust = try Organisation(code: ODSCode("RJ1"), name: "Example NHS Trust")
      return AccessContext(author: .worker(user), organisation: trust, setting: setting, tracing: .verified)
    } catch {
      throw .usage(error.description)
    }
  }
}

extension CareSetting {
  /// The setting's name on the command line: `emergency-department`.
  var argument: String {
    name.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
  }

  /// The settings with this name on the command line: none, one or, where sources disagree, one for each kind of
  /// care.
  static func named(_ argument: String) -> [CareSetting] { known.filter { $0.argument == argument } }
}
