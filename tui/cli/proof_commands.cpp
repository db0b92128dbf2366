#include <algorithm>

#include "tui/cli/subcommands.h"
#include "tui/session/audit.h"
#include "tui/session/lot.h"
#include "tui/view/say.h"
#include "wiper/text/word.h"

namespace relance::cli {
namespace {

Word words_of(FindingKind kind) {
  constexpr Word kWords[] = {Word::FindingOpen,  Word::FindingMissing, Word::FindingNotEntered, Word::FindingBehind,
                             Word::FindingCut,   Word::FindingForked,  Word::FindingStranger,   Word::FindingReplayed,
                             Word::FindingTwice, Word::FindingLost};
  static_assert(std::size(kWords) == EnumNames<FindingKind>::names.size());
  return kWords[static_cast<std::size_t>(kind)];
}

Word words_of(Worth worth) {
  constexpr Word kWords[] = {Word::SayCheckGood, Word::SayCheckReserve, Word::SayCheckRefused};
  return kWords[static_cast<std::size_t>(worth)];
}

void say_ledgers(const Printer& printer, const AuditReport& report) {
  const Language language = printer.language();
  for (const AuditedLedger& each : report.ledgers) {
    const std::string what = each.worth == Worth::Good
                                 ? say(language, Word::SayLedgerGood, {std::to_string(each.lines), each.head})
                                 : say(language, Word::SayLedgerBad);
    printer.line(each.stick + "  " + what + "  " + each.path);
    if (each.stop != 0)
      printer.line("    " + say_stop(language, static_cast<Stop>(each.stop)) + " (" + each.detail + ")");
  }
  for (const AuditedList& each : report.lists) {
    printer.line(each.stop == 0
                     ? say(language, Word::SayListGood, {std::to_string(each.number), std::to_string(each.lost)}) +
                           "  " + each.path
                     : say(language, Word::SayCheckRefused) + "  " + each.path);
    if (each.stop != 0)
      printer.line("    " + say_stop(language, static_cast<Stop>(each.stop)) + " (" + each.detail + ")");
  }
  for (const AuditedBordereau& each : report.lots) {
    printer.line(say(language, words_of(each.worth)) + "  " + each.lot + "  " + each.signer + "  " + each.path);
    if (each.stop != 0)
      printer.line("    " + say_stop(language, static_cast<Stop>(each.stop)) + " (" + each.detail + ")");
  }
  for (const AuditFinding& each : report.findings)
    printer.line(say(language, words_of(worth_of(each.kind))) + "  " +
                 say(language, words_of(each.kind), {std::to_string(each.line)}) + "  " + each.path);
}

}  // namespace

Result<ExitCode> check(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const CheckWish wish{options.paths, options.root, options.demo, options.witnesses};
  const AuditReport report = TRY(check_certificates(*desk.session, wish));
  if (report.certificates.empty()) printer.line(say(printer.language(), Word::SayCheckNothing));
  for (const AuditedCertificate& each : report.certificates) {
    std::string line = each.number + "  " + say(printer.language(), words_of(each.worth));
    if (each.verdict) line += "  " + say(printer.language(), words_of(*each.verdict));
    printer.line(line + "  " + each.path);
    if (each.stop != 0) printer.line("    " + say_stop(printer.language(), static_cast<Stop>(each.stop)));
  }
  say_ledgers(printer, report);
  printer.answer(to_value(report));
  return static_cast<ExitCode>(exit_code(report.worth));
}

Result<ExitCode> lot(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const Language language = printer.language();
  const std::string words = TRY(passphrase(options.passphrase_file, language, Word::AskKeyPassphrase));
  LotWish wish{options.source, options.name, options.paths, options.workshop, options.out, options.demo, language};
  if (!options.stick.empty()) wish.paths.push_back(options.stick);
  const MadeBordereau made = TRY(make_bordereau(wish, words, desk.session->executor().pc_clock_s()));
  const LotTotals& totals = made.totals;
  const auto number = [](std::uint64_t count) { return std::to_string(count); };
  printer.line(say(language, Word::SayLot,
                   {number(totals.announced), number(totals.certified), number(totals.reserved), number(totals.failed),
                    number(totals.destroyed), number(totals.not_received), number(totals.unexplained)}));
  for (const std::string& path : made.refused) printer.line(say(language, Word::SayCheckRefused) + "  " + path);
  printer.line(made.file);
  printer.answer(to_value(made));
  const bool is_clean = totals.unexplained == 0 && totals.failed == 0 && made.refused.empty();
  return is_clean ? ExitCode::Done : ExitCode::Reserve;
}

Result<ExitCode> journal(const Options&, const Desk& desk) {
  const Printer& printer = desk.printer;
  const Language language = printer.language();
  if (!desk.session->bench().has_stick()) return Error{Errc::Refused, Stop::StickMissing, "no stick: give --stick"};
  const History history = TRY(read_history(*desk.session->bench().stick));
  const std::vector<const PastJob*> open = open_jobs(history);
  ValueList list;
  for (const PastJob& job : history.jobs) {
    const bool is_open = std::find(open.begin(), open.end(), &job) != open.end();
    const Verdict verdict = final_verdict(job.evidence);
    printer.line(job.run + "  " + job.plan().number + "  " + say_drive(language, job.plan().drive));
    printer.line("    " + say(language, words_of(verdict.kind)) +
                 (is_open ? "  " + say(language, Word::SayResumable) : ""));
    list.push_back(ValueMembers{{"run", job.run},
                                {"drive", job.drive},
                                {"number", job.plan().number},
                                {"serial", job.plan().drive.identity.serial},
                                {"verdict", std::string(name_of(verdict.kind))},
                                {"resumable", is_open},
                                {"interruptions", to_value(job.state().interruptions)},
                                {"certificate", to_value(job.state().certificate)}});
  }
  for (const DamagedRun& run : history.damaged) printer.line(run.run + "  " + say_stop(language, run.error.stop));
  for (const DamagedRun& run : history.damaged)
    list.push_back(ValueMembers{{"run", run.run}, {"damaged", run.error.detail}});
  if (history.jobs.empty() && history.damaged.empty()) printer.line(say(language, Word::SayNoJournal));
  printer.answer(std::move(list));
  return ExitCode::Done;
}

}  // namespace relance::cli
