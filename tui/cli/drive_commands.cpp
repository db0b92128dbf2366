#include <algorithm>

#include "tui/cli/subcommands.h"
#include "tui/session/console.h"
#include "tui/session/follow.h"
#include "tui/view/say.h"
#include "wiper/plan/machine_number.h"
#include "wiper/text/word.h"

namespace relance::cli {
namespace {

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

}  // namespace

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

}  // namespace relance::cli
