import Foundation
import Testing

@Suite("What the caller typed")
struct WordTests {
  @Test(
    "A word with a digit is never repeated: it may be a number of a patient",
    arguments: [
      ["9990000026"], ["help", "9990000026"], ["upload", "9990000026"], ["outbox", "999 000 0026"],
      ["999-000-0026"],
      ["check", "9990000026", "--upload", Samples.all[0]],
      ["check", "--upload", Samples.all[0], "--patient", "999", "000", "0026"],
      ["check", "--upload", Samples.all[0], "9990000026"],
      ["check", "--upload", Samples.all[0], "--patient", "9990000026", "x9990000026"],
      ["check", "--9990000026"], ["check", "-9990000026"], ["check", "--9990000026=9990000026"],
      ["check", "--upload", Samples.all[0], "--patient", "9990000026", "--setting", "9990000026"],
      ["check", "--upload", Samples.all[0], "--patient", "9990000026", "--at", "9990000026"],
      ["check", "--upload", "/tmp/9990000026.xml", "--patient", "9990000026"],
      ["upload", "lint", "9990000026"], ["upload", "lint", "/tmp/999 000 0026/a.xml"],
      ["upload", "lint", "--9990000026"],
      ["nhs-number", "--9990000026"], ["nhs-number", "-9990000026"], ["demo", "9990000026"],
      ["outbox", "inspect", "9990000026"], ["outbox", "verify", "9990000026"],
      ["outbox", "verify", "/", "--head", "9990000026"],
    ])
  func notRepeated(_ words: [String]) throws {
    let run = try Run(words: words)
    #expect([2, 4].contains(run.status), "\(run.output)")
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("cpis: "))
    for part in ["9990000026", "999 000", "999-000", "0026"] {
      #expect(!run.errors.contains(part), "\(run.errors)")
    }
  }

  @Test(
    "Ten digits in a path are not repeated, however they are spaced",
    arguments: [
      "999_000_0026", "999.000.0026", "999%20000%200026", "999%2520000%25200026", "999 - 000 - 0026",
      "999     000 0026",
      "999/000/0026", "999+000+0026", "999\u{2003}000\u{2003}0026", "999\u{200B}000\u{200B}0026", "999(000)[0026]",
      "999__--__000~~0026", "9.9.9.0.0.0.0.0.2.6", "999x000x0026", "%39%39%39%30%30%30%30%30%32%36",
      "９９９０００００２６", "٩٩٩٠٠٠٠٠٢٦", "a999no000no0026b", "999\u{301}000\u{301}0026", "12345.999_000_0026",
      "999%0A000%0A0026", "9️⃣9️⃣9️⃣0️⃣0️⃣0️⃣0️⃣0️⃣2️⃣6️⃣",
    ])
  func notRepeatedInPaths(_ number: String) throws {
    for words in [
      ["upload", "lint", "/tmp/\(number).xml"], ["check", "--upload", "/tmp/\(number)/a.xml", "--patient", "x"],
      ["outbox", "inspect", "/tmp/\(number)"], ["outbox", "verify", "x-\(number)"],
      ["audit", "verify", "/tmp/\(number)"], ["audit", "verify", "/tmp/\(number)", "--json"],
      ["outbox", "retry", "/tmp/\(number)", "safeguarding", OutboxFolder.id(1).uuidString],
    ] {
      let run = try Run(words: words)
      #expect(run.status == 4, "\(run.errors)")
      let shown = run.errors + run.output
      for part in [number, "999", "0026", "%39", "９９９", "٩٩٩", "9️⃣"] { #expect(!shown.contains(part), "\(shown)") }
      #expect(run.errors.split(separator: "\n").count == 1)
    }
  }

  @Test(
    "Dates, and digits in different words of a path, are repeated",
    arguments: ["leeds-20261120.xml", "20261120/leeds-20261120.xml", "2026-11-20/kent v12.xml", "at%-20261120"])
  func pathsRepeated(_ path: String) throws {
    #expect(try Run("upload", "lint", "/nowhere/\(path)").errors.contains("/nowhere/\(path):"))
  }

  @Test("A word without a digit is repeated, and a path with few of them")
  func repeated() throws {
    #expect(try Run("chekc").errors.contains("no such command: 'chekc'"))
    #expect(try Run("check", "now").errors.contains("an unexpected word: 'now'"))
    #expect(try Run("check", "--foo").errors.contains("an unknown option: '--foo'"))
    #expect(try Run("upload", "lint", "/nowhere/leeds-20261120.xml").errors.contains("/nowhere/leeds-20261120.xml"))
    #expect(try Run("9990000026").errors.contains("no such command (not repeated)"))
  }

  @Test("A number in the wrong place is told of as one")
  func misplacedNumber() throws {
    let file = Samples.all[0]
    for words in [["check", "--upload", file, "9990123012"], ["check", "9990123012", "--upload", file]] {
      let run = try Run(words: words)
      #expect(run.status == 2 && run.errors.contains("a word that looks like a number needs --patient before it"))
    }
    for words in [
      ["check", "--upload", file, "--patient", "999", "012", "3012"],
      ["check", "--patient", "999", "012", "3012", "--upload", file],
    ] {
      let run = try Run(words: words)
      #expect(run.status == 2 && run.errors.contains("put a number written 3-3-4 in quotes"))
    }
  }

  @Test("An option is never the value of another one, and a word with a single dash is an option")
  func options() throws {
    for run in [
      try Run("check", "--patient", "--upload", Samples.all[0]), try Run("check", "--patient", "-x"),
      try Run("check", "--upload", Samples.all[0], "--patient"),
    ] {
      #expect(run.status == 2 && run.errors.contains("--patient needs a value"), "\(run.errors)")
    }
    #expect(try Run("nhs-number", "-x").errors.contains("an unknown option: '-x'"))
    #expect(try Run("check", "--upload", Samples.all[0], "-x").errors.contains("an unknown option: '-x'"))
    #expect(try Run("nhs-number", "--", "-x").status == 1)
    #expect(try Run("nhs-number", "-", input: "9990000026\n").status == 0)
  }

  @Test("A word that begins commands lists them")
  func groups() throws {
    for (word, commands) in [
      ("outbox", ["outbox inspect", "outbox verify", "outbox retry", "outbox discard"]),
      ("upload", ["upload lint"]),
    ] {
      let (call, help) = (try Run(word), try Run("help", word))
      #expect(call.status == 2 && call.output.isEmpty)
      #expect(help.status == 0 && help.errors.isEmpty)
      for command in commands { #expect(call.errors.contains(command) && help.output.contains(command)) }
      #expect(!help.output.contains("demo"))
      let further = try Run(word, "ispect")
      #expect(further.status == 2 && further.errors.contains("'\(word)' has no such command: 'ispect'"))
    }
  }

  @Test("The tool tells its version")
  func version() throws {
    let run = try Run("--version")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("cpis ") && run.output.split(separator: "\n").count == 1)
  }

  @Test(
    "A day or a time that does not exist is refused, not moved",
    arguments: [
      ("2026-02-30T10:00", "no such day"), ("202613011000", "no such day"), ("2026-11-21T24:00", "no such time"),
      ("2026-03-29T01:00", "no such time"), ("2026-03-29T01:30", "no such time"),
      ("2026-03-29T01:59", "no such time"),
      ("2026-11-21", "needs a time"), ("yesterday", "needs a time"),
    ])
  func noSuchTime(_ time: String, _ message: String) throws {
    let run = try Run("upload", "lint", Samples.all[0], "--at", time)
    #expect(run.status == 2 && run.output.isEmpty)
    #expect(run.errors.contains("--at") && run.errors.contains(message), "\(run.errors)")
  }

  @Test(
    "The minutes around the change of the clocks exist",
    arguments: [
      "2026-03-29T00:59", "2026-03-29T02:00", "2026-10-25T01:30",
    ])
  func times(_ time: String) throws {
    #expect(try Run("upload", "lint", Samples.all[0], "--at", time).status != 2)
  }

  @Test("A folder given as a file is called a folder")
  func folder() throws {
    for run in [
      try Run("upload", "lint", Samples.folder.path),
      try Run("check", "--upload", Samples.folder.path, "--patient", "x"),
    ] {
      #expect(
        run.status == 4 && run.output.isEmpty && run.errors.contains("a folder; name a file"), "\(run.errors)")
    }
  }

  @Test("No number on standard input is a failure, not a list without faults", arguments: ["", "\n \n\r\n"])
  func emptyInput(_ input: String) throws {
    let run = try Run("nhs-number", "-", input: input)
    #expect(run.status == 4 && run.output.isEmpty)
    #expect(run.errors.contains("no number on standard input"))
  }
}
