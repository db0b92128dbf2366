#include "tui/cli/commands.h"

#include <algorithm>

#include "tui/cli/help.h"
#include "tui/cli/progress.h"
#include "tui/session/audit.h"
#include "tui/session/console.h"
#include "tui/session/follow.h"
#include "tui/session/lost_stick.h"
#include "tui/session/lot.h"
#include "tui/session/practice.h"
#include "tui/session/screens.h"
#include "tui/view/say.h"
#include "wiper/base/version.h"
#include "wiper/plan/machine_number.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

// What every subcommand with a machine needs.
struct Desk {
  std::shared_ptr<Session> session;
  Printer printer;
};

Result<Desk> open_desk(const Options& options) {
  Bench bench = TRY(linux_bench(options.stick));
  std::shared_ptr<Session> session = TRY(Session::open(std::move(bench), options.profile));
  const Language language = language_of(options, session->profile().policy.language);
  return Desk{std::move(session), Printer(options, language)};
}

Result<std::string> first_line(const std::string& file) {
  Result<Bytes> bytes = read_file(file);
  if (!bytes.ok()) return Error{Errc::Refused, Stop::KeyPassphrase, bytes.error().detail};
  std::string line(as_text(bytes.value()));
  line.resize(std::min(line.size(), line.find_first_of("\r\n")));
  return line;
}

Result<std::string> passphrase(const std::string& file, Language language, Word question) {
  if (!file.empty()) return first_line(file);
  const std::optional<std::string> typed =
      console::has_input() ? console::ask(say(language, question), true) : std::nullopt;
  if (!typed) return Error{Errc::Refused, Stop::KeyPassphrase, "no terminal to ask on: give --passphrase-file"};
  return *typed;
}

Result<std::string> new_passphrase(const std::string& file, Language language) {
  std::string first = TRY(passphrase(file, language, Word::AskNewPassphrase));
  if (!file.empty()) return first;
  const std::string again = TRY(passphrase(file, language, Word::AskNewAgain));
  if (again != first) return Error{Errc::Refused, Stop::KeyPassphrase, "the two passphrases differ"};
  return first;
}

Result<void> open_key(const Options& options, const Desk& desk) {
  if (!desk.session->bench().has_stick()) {
    if (!desk.printer.json()) std::fputs((say(desk.printer.language(), Word::SayNoStick) + "\n").c_str(), stderr);
    return {};
  }
  const std::string words = TRY(passphrase(options.passphrase_file, desk.printer.language(), Word::AskKeyPassphrase));
  return desk.session->open_key(words);
}

// The words given, or typed now with the drive before one's eyes.
Result<std::vector<std::string>> confirm_words(const Options& options, const Desk& desk,
                                               const std::vector<Planned>& plans) {
  const Language language = desk.printer.language();
  if (!options.confirm.empty()) {
    std::vector<std::string> words = options.confirm;
    words.resize(plans.size());
    return words;
  }
  if (!console::has_input())
    return Error{Errc::Refused, Stop::WrongConfirmation, "no terminal to ask on: give --confirm WORD for each drive"};
  std::vector<std::string> words;
  for (const Planned& planned : plans) {
    const Plan& plan = planned.plan;
    const Word question = plan.method == "none" ? Word::AskConfirmDeploy : Word::AskConfirmWord;
    std::fputs((say_drive(language, plan.drive) + "\n" + say_steps(language, plan) + "\n").c_str(), stderr);
    const std::optional<std::string> typed = console::ask(say(language, question, {plan.drive.confirm_word}), false);
    if (!typed) return Error{Errc::Refused, Stop::WrongConfirmation, "nothing was typed"};
    words.push_back(*typed);
  }
  return words;
}

// The line is gone before anything else is said.
template <class Answer>
Result<Answer> with_bytes_line(const Desk& desk, const std::function<Result<Answer>(const Progress&)>& work) {
  BytesLine line(desk.printer, desk.session->executor());
  return work([&](std::uint64_t done, std::uint64_t all) { line.show(done, all); });
}

ExitCode stay_with(const Desk& desk, Run& run) {
  std::vector<DriveOutcome> outcomes;
  {
    ProgressLine progress(desk.printer, run.plans(), run.step_bytes());
    outcomes = follow(*desk.session, run, [&](const message::Tick& tick) { progress.show(tick); });
  }
  return desk.printer.outcomes(run.name(), outcomes);
}

Result<Order> order_of(const Options& options) {
  Order order;
  order.drives = options.paths;
  if (!options.number.empty()) order.number = TRY(parse_machine_number(options.number));
  if (!options.method.empty()) order.method = options.method;
  if (!options.verify.empty()) order.verify = enum_named<Verify>(options.verify);
  return order;
}

// Plan, confirm, run.
Result<ExitCode> carry_out(const Options& options, const Desk& desk, const Order& order) {
  std::vector<Planned> plans = TRY(desk.session->plan(order));
  const std::vector<std::string> words = TRY(confirm_words(options, desk, plans));
  TRY(open_key(options, desk));
  const std::unique_ptr<Run> run = TRY(desk.session->start(std::move(plans), words));
  return stay_with(desk, *run);
}

Result<ExitCode> drives(const Options& options, const Desk& desk) {
  const Language language = desk.printer.language();
  const std::vector<DriveFacts> found = TRY(desk.session->drives(options.paths));
  ValueList list;
  for (const DriveFacts& drive : found) {
    const std::optional<Stop> refusal = desk.session->refusal(drive);
    desk.printer.line(drive.path + "  " + say_drive(language, drive));
    if (const std::string findings = say_findings(drive); !findings.empty()) desk.printer.line("    " + findings);
    desk.printer.line("    " +
                      (refusal ? say_stop(language, *refusal) : say(language, Word::SayConfirm, {drive.confirm_word})));
    ValueMembers members{{"path", drive.path}, {"serial", drive.identity.serial}, {"confirm", drive.confirm_word}};
    members.emplace_back("refusal", refusal ? to_value(static_cast<std::uint64_t>(*refusal)) : Value());
    members.emplace_back("size_bytes", drive.geometry.size_bytes());
    members.emplace_back("model", drive.identity.model);
    members.emplace_back("facts", to_value(drive));
    list.push_back(std::move(members));
  }
  if (found.empty()) desk.printer.line(say(language, Word::SayNoDrive));
  desk.printer.answer(std::move(list));
  return ExitCode::Done;
}

Result<ExitCode> plan(const Options& options, const Desk& desk) {
  const Language language = desk.printer.language();
  Order order = TRY(order_of(options));
  order.wants_image = !options.no_image;
  const std::vector<Planned> plans = TRY(desk.session->plan(order));
  ValueList list;
  for (const Planned& planned : plans) {
    const Plan& each = planned.plan;
    desk.printer.line(each.drive.path + "  " + say_drive(language, each.drive));
    desk.printer.line("  " + say_steps(language, each));
    for (const Phrase& reason : each.reasons) desk.printer.line("  " + say(language, reason));
    desk.printer.line("  " + say(language, Word::SayConfirm, {each.drive.confirm_word}));
    ValueMembers members = std::get<ValueMembers>(to_value(each).held);
    members.emplace_back("estimate", to_value(planned.estimate));
    list.push_back(std::move(members));
  }
  desk.printer.line(say(language, Word::HintNothingWritten));
  desk.printer.answer(std::move(list));
  return ExitCode::Done;
}

Result<ExitCode> wipe(const Options& options, const Desk& desk) {
  const Order order = TRY(order_of(options));
  return carry_out(options, desk, order);
}

Result<ExitCode> run(const Options& options, const Desk& desk) {
  Order order = TRY(order_of(options));
  if (order.number.empty())
    return Error{Errc::Invalid, Stop::Usage, "run needs --number: the number on the machine's label"};
  if (!desk.session->bench().has_stick())
    return Error{Errc::Refused, Stop::StickMissing, "run needs a stick: give --stick"};
  order.wants_image = !options.no_image;
  order.trial = options.trial;
  return carry_out(options, desk, order);
}

Result<ExitCode> deploy(const Options& options, const Desk& desk) {
  Order order = TRY(order_of(options));
  if (!desk.session->bench().has_stick())
    return Error{Errc::Refused, Stop::StickMissing, "deploy needs a stick: give --stick"};
  order.erase = false;
  order.compares_image = options.verify != "none";
  order.not_erased = options.not_erased;
  order.wants_image = true;
  order.image_folder = options.folder;
  order.image_may_be_unsigned = options.may_be_unsigned;
  return carry_out(options, desk, order);
}

Result<ExitCode> resume(const Options& options, const Desk& desk) {
  if (!desk.session->bench().has_stick())
    return Error{Errc::Refused, Stop::StickMissing, "resume needs a stick: give --stick"};
  TRY(open_key(options, desk));
  const std::vector<std::string> certified = TRY(desk.session->certify_left_behind());
  for (const std::string& file : certified) desk.printer.line(file);
  Result<std::vector<PastJob>> jobs = desk.session->resumable(options.paths.empty() ? "" : options.paths.front());
  if (!jobs.ok() && jobs.error().stop == Stop::NothingToResume && !certified.empty()) return ExitCode::Done;
  if (!jobs.ok()) return jobs.error();
  const std::unique_ptr<Run> run = TRY(desk.session->resume(std::move(jobs).value(), options.image));
  return stay_with(desk, *run);
}

// What deployed systems tried when they were started.
Result<ExitCode> trial(const Options& options, const Desk& desk) {
  if (!desk.session->bench().has_stick())
    return Error{Errc::Refused, Stop::StickMissing, "trial needs a stick: give --stick"};
  const std::vector<DriveFacts> drives = TRY(desk.session->drives(options.paths));
  const std::vector<AwaitedTrial> awaited = TRY(desk.session->awaited_trials(drives));
  if (awaited.empty())
    return Error{Errc::Refused, Stop::NothingToResume, "no trial of a drive that is here is awaited"};
  TRY(open_key(options, desk));
  std::vector<DriveOutcome> outcomes;
  for (const AwaitedTrial& each : awaited) {
    DriveOutcome outcome = TRY(desk.session->collect_trial(each));
    outcomes.push_back(std::move(outcome));
  }
  return desk.printer.outcomes(awaited.front().job.run, outcomes);
}

Result<ExitCode> verify(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::unique_ptr<Comparison> comparison =
      TRY(Comparison::start(*desk.session, {options.paths.front(), options.content}));
  Verification result;
  {
    ProgressLine progress(printer, {comparison->plan()}, {comparison->step_bytes()});
    result = follow(*desk.session, *comparison, [&](const message::Tick& tick) { progress.show(tick); });
  }
  const ExitCode good = result.unproven.empty() ? ExitCode::Done : ExitCode::Reserve;
  const ExitCode exit = result.is_good() ? good : result.is_complete ? ExitCode::Failed : ExitCode::Interrupted;
  for (const std::string& line : say_verification(printer.language(), result)) printer.line(line);
  printer.answer(ValueMembers{{"exit", static_cast<std::uint64_t>(exit)},
                              {"path", result.drive.path},
                              {"serial", result.drive.identity.serial},
                              {"content", result.content},
                              {"equal", result.is_good()},
                              {"complete", result.is_complete},
                              {"blocks", result.blocks_wanted},
                              {"blocks_equal", result.equal.block_count()},
                              {"logical_bytes", static_cast<std::uint64_t>(result.drive.geometry.logical_bytes)},
                              {"differing", result.differing.to_value()},
                              {"unreadable", result.unreadable.to_value()},
                              {"unproven", result.unproven.to_value()}});
  return exit;
}

void say_captured(const Printer& printer, const CapturedImage& image) {
  printer.line(say(
      printer.language(), Word::SayCaptured,
      {image.name, say_size(printer.language(), image.bytes_read), say_size(printer.language(), image.minimum_bytes)}));
  for (const Removed& each : image.removed) printer.line("  " + each.path + "  " + each.what);
  if (!image.is_signed) printer.line(say(printer.language(), Word::SayCapturedUnsigned));
  printer.answer(to_value(image));
}

Result<ExitCode> capture(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  std::string words;
  if (!options.workshop.empty())
    words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  CaptureWish wish{options.source, options.folder, options.workshop, words, std::nullopt, options.level};
  if (options.generalise) wish.generalise = GeneraliseWish{options.kept_accounts};
  const CapturedImage image = TRY(with_bytes_line<CapturedImage>(
      desk, [&](const Progress& progress) { return capture_image(*desk.session, wish, progress); }));
  say_captured(printer, image);
  const auto is_account = [](const Removed& each) { return each.what.starts_with("account "); };
  if (wish.generalise && wish.generalise->kept_accounts.empty() && std::ranges::any_of(image.removed, is_account))
    printer.line(say(printer.language(), Word::SayNoAccountLeft));
  return ExitCode::Done;
}

Result<ExitCode> image_sign(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const SignWish wish{options.source, options.folder, options.workshop, words};
  const CapturedImage image = TRY(with_bytes_line<CapturedImage>(
      desk, [&](const Progress& progress) { return sign_image(*desk.session, wish, progress); }));
  say_captured(printer, image);
  return ExitCode::Done;
}

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

Result<ExitCode> key_workshop(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(new_passphrase(options.passphrase_file, printer.language()));
  const std::string name = options.name.empty() ? "atelier" : options.name;
  const MadeKey made = TRY(make_workshop(options.folder, name, words, desk.session->executor().pc_clock_s()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.line(say(printer.language(), Word::SayFingerprint, {made.fingerprint}));
  printer.answer(to_value(made));
  return ExitCode::Done;
}

// The passphrase of the new key: another file, the same as the workshop's where only that file was given, or typed.
Result<std::string> words_of_new_key(const Options& options, const Printer& printer, const std::string& workshop) {
  const bool is_same = !options.passphrase_file.empty() && options.new_passphrase_file.empty();
  if (is_same) return workshop;
  return new_passphrase(options.new_passphrase_file, printer.language());
}

Result<ExitCode> key_responsable(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string workshop = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const std::string words = TRY(words_of_new_key(options, printer, workshop));
  const ResponsableWish wish{options.folder, options.workshop, options.name};
  const MadeKey made = TRY(make_responsable(wish, workshop, words, desk.session->executor().pc_clock_s()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.answer(to_value(made));
  return ExitCode::Done;
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

Result<ExitCode> key_stick(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string workshop = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const std::string stick = TRY(words_of_new_key(options, printer, workshop));
  const StickWish wish{options.folder, options.workshop, options.name, printer.language()};
  const MadeKey made = TRY(make_stick(wish, workshop, stick, desk.session->executor()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.answer(to_value(made));
  return ExitCode::Done;
}

Result<ExitCode> key_lost(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const LossWish wish{options.workshop, options.name, options.witnesses, options.nothing_left};
  const DeclaredLoss loss = TRY(declare_lost(wish, words, desk.session->executor().pc_clock_s()));
  printer.line(loss.last_rank > 0
                   ? say(printer.language(), Word::SayKeyLost, {loss.stick, std::to_string(loss.last_rank), loss.head})
                   : say(printer.language(), Word::SayKeyLostWhole, {loss.stick}));
  printer.line(say(printer.language(), Word::SayKeyLostFile, {loss.file}));
  printer.answer(to_value(loss));
  return ExitCode::Done;
}

Result<ExitCode> image_check(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const ImagePlace place{options.folder, options.may_be_unsigned};
  const CheckedImage image = TRY(with_bytes_line<CheckedImage>(
      desk, [&](const Progress& progress) { return check_image(*desk.session, place, options.root, progress); }));
  const Word word = image.signer.empty() ? Word::SayImageUnsigned : Word::SayImageGood;
  printer.line(say(printer.language(), word, {image.name, image.signer}));
  std::string firmware;
  for (const Firmware each : image.boots_under)
    firmware += (firmware.empty() ? "" : ", ") + std::string(each == Firmware::Bios ? "BIOS" : "UEFI");
  printer.line(image.boots_under.empty() ? say(printer.language(), Word::SayBootsNowhere)
                                         : say(printer.language(), Word::SayBootsUnder, {firmware}));
  printer.line(say(printer.language(), Word::SayImageNeeds, {say_size(printer.language(), image.minimum_bytes)}));
  printer.answer(to_value(image));
  return ExitCode::Done;
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

Result<ExitCode> screens(const Options& options, const Desk& desk) {
  std::string words;
  const bool has_file = !options.passphrase_file.empty();
  if (has_file) words = TRY(first_line(options.passphrase_file));
  if (has_file) TRY(desk.session->open_key(words));
  return run_screens(desk.session, {.language = desk.printer.language()});
}

Result<ExitCode> without_profile(const Options& options, Bench bench, ScreensWish wish) {
  std::shared_ptr<Session> session = Session::without_profile(std::move(bench));
  wish.language = language_of(options, Language::French);
  return run_screens(std::move(session), wish);
}

// A person in front of screens is told there.
Result<ExitCode> refuse_on_screens(const Options& options, const Error& error) {
  Bench bench = TRY(linux_bench(options.stick));
  return without_profile(options, std::move(bench), {.refusal = error});
}

Result<ExitCode> inspect(const Options& options) {
  Bench bench = TRY(linux_bench(options.stick));
  return without_profile(options, std::move(bench), {.purpose = Purpose::Inspect});
}

Result<ExitCode> practise(const Options& options) {
  Practice practice(options.seed, console::pc_clock_s());
  return without_profile(options, practice.bench(), {.purpose = Purpose::Practice, .speed = options.speed});
}

Result<ExitCode> dispatch(const Options& options, const Desk& desk) {
  switch (options.command) {
    case Command::Screens:
      return screens(options, desk);
    case Command::Drives:
      return drives(options, desk);
    case Command::Plan:
      return plan(options, desk);
    case Command::Wipe:
      return wipe(options, desk);
    case Command::Verify:
      return verify(options, desk);
    case Command::Capture:
      return capture(options, desk);
    case Command::Deploy:
      return deploy(options, desk);
    case Command::Run:
      return run(options, desk);
    case Command::Resume:
      return resume(options, desk);
    case Command::Trial:
      return trial(options, desk);
    case Command::Check:
      return check(options, desk);
    case Command::KeyWorkshop:
      return key_workshop(options, desk);
    case Command::KeyStick:
      return key_stick(options, desk);
    case Command::KeyResponsable:
      return key_responsable(options, desk);
    case Command::Lot:
      return lot(options, desk);
    case Command::KeyLost:
      return key_lost(options, desk);
    case Command::ImageCheck:
      return image_check(options, desk);
    case Command::ImageSign:
      return image_sign(options, desk);
    case Command::Journal:
      return journal(options, desk);
    case Command::Inspect:
    case Command::Practice:
    case Command::Help:
    case Command::Version:
      break;  // Answered without a profile, or without a machine.
  }
  return Error{Errc::Invalid, Stop::Internal, "a command that nobody carries out"};
}

// Checking refuses what it checks: that is a result, not a refusal to work.
ExitCode exit_of(const Error& error, Command command) {
  const bool is_check = command == Command::Check || command == Command::ImageCheck;
  if (is_check && error.stop != Stop::Usage) return ExitCode::Failed;
  return exit_of_refusal(error);
}

}  // namespace

ExitCode run_command(const Options& options) {
  const Printer printer(options, language_of(options, Language::French));
  if (options.command == Command::Help || options.command == Command::Version) {
    const bool is_help = options.command == Command::Help;
    std::fputs(
        (is_help ? help_text(printer.language(), options.help_about) : "relance " + std::string(version()) + "\n")
            .c_str(),
        stdout);
    return ExitCode::Done;
  }
  if (options.command == Command::Inspect || options.command == Command::Practice) {
    const Result<ExitCode> exit = options.command == Command::Inspect ? inspect(options) : practise(options);
    return exit.ok() ? exit.value() : printer.refuse(exit.error(), exit_of_refusal(exit.error()));
  }
  const Result<Desk> desk = open_desk(options);
  if (!desk.ok() && options.command == Command::Screens) {
    const Result<ExitCode> told = refuse_on_screens(options, desk.error());
    if (told.ok()) return told.value();
  }
  if (!desk.ok()) return printer.refuse(desk.error(), exit_of(desk.error(), options.command));
  const Result<ExitCode> exit = dispatch(options, desk.value());
  if (!exit.ok()) return desk.value().printer.refuse(exit.error(), exit_of(exit.error(), options.command));
  return exit.value();
}

}  // namespace relance
