#include "tests/laws/bench.h"

#include <algorithm>

namespace relance {
namespace {

constexpr nanoseconds kReadLimit = std::chrono::minutes(5);
constexpr int kPatience = 60;  // Times that the session tries the stick again, a second apart.

DriveFacts disk(std::string name, const Geometry& geometry) {
  DriveFacts facts;
  facts.path = "/dev/" + name;
  facts.kind = DriveKind::Simulated;
  facts.identity = {
      .model = "Simulated", .serial = "SN-" + name, .serial_source = SerialSource::Drive, .wwn = "", .firmware = "1"};
  facts.geometry = geometry;
  facts.bus = Bus::Ata;
  facts.bus_path = "ata-" + name;
  facts.medium = Medium::Rotating;
  return facts;
}

// Drives that nobody chose, each a different temptation.
std::vector<DriveFacts> bystanders() {
  const Geometry small{.block_count = 24};
  std::vector<DriveFacts> drives;
  const auto add = [&](const char* name) -> DriveFacts& { return drives.emplace_back(disk(name, small)); };
  add("stick").uses = {{UseKind::OwnStick, "/dev/stick1", "/run/relance"}};
  drives.back().bus = Bus::Usb;
  add("mounted").uses = {{UseKind::Mounted, "/dev/mounted1", "/mnt"}};
  add("swap").uses = {{UseKind::Swap, "/dev/swap1", ""}};
  add("held").uses = {{UseKind::Holder, "/dev/held", "md0"}};
  add("external").bus = Bus::Usb;
  add("readonly").read_only = true;
  add("unchosen");
  return drives;
}

class Bench {
 public:
  explicit Bench(const Stay& stay) : stay_(stay), pc_(stay.seed, stay.trace) {
    for (std::size_t i = 0; i < stay.targets.size(); ++i) {
      add_marked(disk("target" + tag_of(i), stay.targets[i].geometry), {.wraps_at = stay.targets[i].wraps_at},
                 stay.targets[i].firmware, stay.targets[i].controller);
      if (stay.targets[i].is_repaired) put_half_an_image(pc_.drive(i));
    }
    for (const DriveFacts& facts : bystanders()) add_marked(facts);
    for (std::size_t i = 0; i < drive_count_; ++i) before_.push_back(pc_.drive(i).platter());
  }

  Outcome play() {
    for (const Boot& boot : stay_.boots) run_boot(boot);
    for (std::size_t more = 0; more < kMoreBoots && wants_another_boot(); ++more) run_boot(Boot{});
    return finish();
  }

 private:
  bool is_target(std::size_t drive) const { return drive < stay_.targets.size(); }

  std::size_t add(const DriveFacts& facts, DriveTemper temper, const std::optional<AtaTemper>& firmware,
                  const std::optional<NvmeTemper>& controller) {
    if (firmware) return pc_.add_ata_drive(facts, *firmware);
    return controller ? pc_.add_nvme_drive(facts, *controller) : pc_.add_drive(facts, temper);
  }

  void add_marked(DriveFacts facts, DriveTemper temper = {}, const std::optional<AtaTemper>& firmware = {},
                  const std::optional<NvmeTemper>& controller = {}) {
    if (controller) facts.bus = Bus::Nvme;
    if (controller || (firmware && !firmware->rotates)) facts.medium = Medium::Flash;
    const std::size_t number = add(facts, temper, firmware, controller);
    put_marks(pc_.drive(number), facts.geometry.whole(), kDonor);
    facts_.push_back(facts);
    ++drive_count_;
  }

  void change_between_boots(const Boot& boot) {
    for (const ForeignWrite& foreign : boot.foreign)
      if (!replaced_.contains(foreign.target)) put_marks(pc_.drive(foreign.target), foreign.range, kStranger);
    if (!boot.replaced) return;
    DriveFacts other = facts_[*boot.replaced];
    other.identity.serial += "-OTHER";
    pc_.replace_drive(*boot.replaced, other);
    put_marks(pc_.drive(*boot.replaced), other.geometry.whole(), kDonor);
    before_[*boot.replaced] = pc_.drive(*boot.replaced).platter();
    replaced_.insert(*boot.replaced);
  }

  void run_boot(const Boot& boot) {
    change_between_boots(boot);
    const std::shared_ptr<Machine> machine = pc_.boot(boot.plan);
    BootOutcome outcome;
    outcome.ends.resize(stay_.targets.size());
    outcome.began.resize(stay_.targets.size());
    run_jobs(machine, boot, outcome);
    outcome.operations = pc_.seam().operations();
    outcome.lost_power = !pc_.seam().is_on();
    outcome.landings = pc_.stick().landings();
    pc_.cut_power();
    for (std::size_t i = 0; i < stay_.targets.size(); ++i) outcome.platters.push_back(pc_.drive(i).platter());
    outcomes_.push_back(std::move(outcome));
  }

  void run_jobs(const std::shared_ptr<Machine>& machine, const Boot& boot, BootOutcome& outcome) {
    Executor& executor = machine->executor();
    const std::shared_ptr<Store> stick(machine, &machine->stick());
    const std::optional<JournalText> text = read_journal(machine);
    const Result<std::vector<DriveFacts>> drives = machine->drives();
    if (!text || !drives.ok()) return;
    tempt(drives.value());
    const auto journal = std::make_shared<Journal>(stick, executor, run_, *text);

    Supervisor supervisor(executor);
    supervisor.watch_power([machine] { return machine->power(); });
    std::vector<std::shared_ptr<RunningJob>> jobs(stay_.targets.size());
    std::vector<std::unique_ptr<Task>> tasks;
    for (std::size_t i = 0; i < stay_.targets.size(); ++i) {
      JobState state;
      if (Result<Evidence> evidence = evidence_of(*text, tag_of(i)); evidence.ok()) state = evidence.value().state();
      std::optional<Confirmation> confirmation = confirm_target(i, state, drives.value());
      if (!confirmation) continue;
      jobs[i] = std::make_shared<RunningJob>();
      outcome.began[i] = true;
      JobSetup setup{.machine = machine,
                     .contents = std::make_shared<FakeImage>(stay_.image_compares_by_hash, stay_.image_pulled_at),
                     .journal = journal,
                     .drive = tag_of(i),
                     .workers = stay_.workers,
                     .chunk_bytes = stay_.chunk_bytes,
                     .checkpoint_interval = stay_.checkpoint_interval};
      tasks.push_back(start_job(std::move(setup), *std::move(confirmation), state, jobs[i]));
      supervisor.watch(jobs[i], journal->recorder(tag_of(i)));
    }
    if (boot.person && jobs.at(boot.person->target))
      tasks.push_back(let_act(*boot.person, executor, jobs[boot.person->target]));
    supervisor.wait_for_all();
    for (int i = 0; i < kPatience && !outcome.is_settled && pc_.seam().is_on(); ++i) {
      outcome.is_settled = journal->settle().ok();
      if (!outcome.is_settled) executor.sleep(std::chrono::seconds(1));
    }
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (jobs[i]) outcome.ends[i] = jobs[i]->ended();
  }

  // A run of which no line came to the stick is none: the next boot begins another. Nothing: the stick cannot be read.
  std::optional<JournalText> read_journal(const std::shared_ptr<Machine>& machine) {
    for (int i = 0; i < kPatience && pc_.seam().is_on(); ++i) {
      const Result<JournalText> text = read_on_a_thread(machine);
      const bool is_new = text.ok() ? text.value().lines.empty() : text.error().stop == Stop::Unspecified;
      if (is_new) run_ = "run-" + std::to_string(pc_.boots());
      if (is_new) return parse_journal("").value();
      if (text.ok()) return text.value();
      if (text.error().stop == Stop::JournalDamaged) broken_.push_back("the journal: " + text.error().detail);
      if (text.error().code == Errc::Timeout || text.error().code == Errc::Corrupt) return std::nullopt;
      machine->executor().sleep(std::chrono::seconds(1));
    }
    return std::nullopt;
  }

  // The stick may hang; who looks at the screen does not.
  Result<JournalText> read_on_a_thread(const std::shared_ptr<Machine>& machine) {
    const auto answer = std::make_shared<std::optional<Result<JournalText>>>();
    const std::unique_ptr<Task> reader = machine->executor().start(
        "read", [machine, run = run_, answer] { *answer = Journal::read(machine->stick(), run); });
    const bool came =
        machine->executor().wait([&] { return reader->finished(); }, machine->executor().now() + kReadLimit);
    if (!came) return Error{Errc::Timeout, Stop::StickGone, "the stick does not answer"};
    return **answer;
  }

  // What the session does with a drive: a new run, an open one, or nothing.
  std::optional<Confirmation> confirm_target(std::size_t target, const JobState& state,
                                             const std::vector<DriveFacts>& drives) {
    const DriveFacts wanted = state.started ? state.started->plan.drive : facts_[target];
    if (state.started && !can_resume(state)) return std::nullopt;
    const auto found =
        std::ranges::find_if(drives, [&](const DriveFacts& each) { return is_same_drive(wanted, each); });
    if (found == drives.end()) return std::nullopt;
    Result<Plan> plan = state.started ? Result<Plan>(state.started->plan) : plan_for(stay_.targets[target], *found);
    if (!plan.ok()) return std::nullopt;
    Result<Confirmation> confirmation = confirm(plan.value(), *found, plan.value().drive.confirm_word);
    if (!confirmation.ok()) return std::nullopt;
    return std::move(confirmation).value();
  }

  static Result<Plan> plan_for(const Target& target, const DriveFacts& drive) {
    Policy policy{.method = target.method,
                  .verify = target.verify,
                  .wraps = target.wraps,
                  .uncovers = true,
                  .drive_erases = target.drive_erases};
    if (target.takes_reserve)
      policy.reserves_allowed = {Sentence::ReasonSampled, Sentence::ReasonNotVerified, Sentence::ReasonEarlierPass};
    PlanRequest request{.number = "DEF-04217-8"};
    request.erase = !target.is_repaired;
    request.not_erased_override = target.is_repaired;
    request.image_may_be_there = target.is_repaired;
    if (target.has_image)
      request.image = ImageNeeds{
          .name = "fake", .manifest_sha256 = "00", .minimum_bytes = kFakeImageBlocks * drive.geometry.logical_bytes};
    return make_plan(drive, policy, request);
  }

  // Bystanders that are in use or external cannot even be planned.
  void tempt(const std::vector<DriveFacts>& drives) {
    for (const DriveFacts& drive : drives) {
      const bool is_free = drive.path.starts_with("/dev/target") || drive.path == "/dev/unchosen";
      if (!is_free && plan_for(Target{}, drive).ok()) broken_.push_back(drive.path + " could be planned");
    }
  }

  static std::unique_ptr<Task> let_act(const Person& person, Executor& executor,
                                       const std::shared_ptr<RunningJob>& job) {
    return executor.start("person", [&executor, job, person] {
      executor.sleep(person.after);
      if (person.pause == nanoseconds(0)) return job->gate->cancel(executor);
      job->gate->close(Hold::Person);
      executor.sleep(person.pause);
      job->gate->open(Hold::Person, executor);
    });
  }

  bool wants_another_boot() {
    const Result<JournalText> text = journal();
    if (!text.ok()) return false;
    for (std::size_t i = 0; i < stay_.targets.size(); ++i) {
      const Result<Evidence> evidence = evidence_of(text.value(), tag_of(i));
      if (!evidence.ok() || can_resume(evidence.value().state())) return true;
    }
    return false;
  }

  std::map<std::string, std::string> journal_copies() {
    const auto files = pc_.stick().files();
    std::map<std::string, std::string> copies;
    for (const char* ending : {".txt", ".bis"}) {
      const std::string path = "JOURNAL/" + run_ + ending;
      const auto found = files.find(path);
      copies[path] = found == files.end() ? "" : std::string(as_text(found->second));
    }
    return copies;
  }
  Result<JournalText> journal() {
    const auto copies = journal_copies();
    return parse_journal(copies.begin()->second, copies.rbegin()->second);
  }

  Outcome finish() {
    Outcome outcome;
    outcome.journal = journal_copies();
    outcome.journal_text = journal();
    const Result<JournalText>& text = outcome.journal_text;
    if (!text.ok()) broken_.push_back("the journal at the end: " + text.error().detail);
    for (std::size_t i = 0; i < drive_count_; ++i) {
      if (!is_target(i) || replaced_.contains(i)) check_bystander(i);
      if (!is_target(i)) continue;
      TargetOutcome target{
          .target = stay_.targets[i], .evidence = {}, .platter = pc_.drive(i).platter(), .accesses = {}};
      target.was_replaced = replaced_.contains(i);
      for (std::size_t boot = 0; boot < pc_.boots(); ++boot) target.accesses.push_back(pc_.accesses(i, boot));
      if (text.ok())
        if (Result<Evidence> evidence = evidence_of(text.value(), tag_of(i)); evidence.ok())
          target.evidence = std::move(evidence).value();
      outcome.targets.push_back(std::move(target));
    }
    outcome.boots = std::move(outcomes_);
    outcome.broken = std::move(broken_);
    outcome.trace = pc_.trace().hash();
    outcome.trace_lines = pc_.trace().lines();
    return outcome;
  }

  void check_bystander(std::size_t drive) {
    if (pc_.drive(drive).platter() != before_[drive]) broken_.push_back(facts_[drive].path + " was changed");
    if (!is_target(drive) && pc_.openings_for_writing(drive) != 0)
      broken_.push_back(facts_[drive].path + " was opened for writing");
  }

  const Stay& stay_;
  SimulatedPc pc_;
  std::size_t drive_count_ = 0;
  std::vector<DriveFacts> facts_;
  std::vector<Bytes> before_;
  std::set<std::size_t> replaced_;
  std::vector<BootOutcome> outcomes_;
  std::vector<std::string> broken_;
  std::string run_ = "run-0";
};

}  // namespace

Outcome play(const Stay& stay) { return Bench(stay).play(); }

std::string tag_of(std::size_t target) { return std::to_string(target + 1); }

}  // namespace relance
