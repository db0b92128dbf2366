#include "tui/session/session.h"

#include <algorithm>

#include "tui/session/certify.h"
#include "tui/session/console.h"
#include "tui/session/ledger_lines.h"
#include "tui/view/say.h"
#include "wiper/base/iso_time.h"
#include "wiper/job/probe.h"

namespace relance {
namespace {

Result<Profile> read_profile(Bench& bench, const std::string& file) {
  if (!file.empty()) {
    const Bytes text = TRY(read_file(file));
    return parse_profile(as_text(text));
  }
  if (!bench.stick->exists(kProfileFile)) return Profile{};
  const Bytes text = TRY(bench.stick->read(kProfileFile));
  return parse_profile(as_text(text));
}

// One run at a time: the newest that has a drive here.
template <class IsHere>
Result<std::vector<PastJob>> open_jobs_that(const History& history, IsHere is_here) {
  std::vector<PastJob> jobs;
  for (const PastJob* job : open_jobs(history)) {
    if (!is_here(job->plan())) continue;
    if (!jobs.empty() && jobs.front().run != job->run) continue;
    jobs.push_back(*job);
  }
  if (jobs.empty())
    return Error{Errc::Refused, Stop::NothingToResume, "no open job on the stick is of a drive that is here"};
  return jobs;
}

// "20261118-110640-3f9c": sorts by the PC's clock, and two PCs with one stick never meet.
std::string new_run_name(Machine& machine) {
  std::string name;
  for (const char letter : iso_time(machine.executor().pc_clock_s())) {
    if (letter >= '0' && letter <= '9') name += letter;
    if (letter == 'T') name += '-';
  }
  std::array<std::byte, 4> chance{};
  machine.entropy().fill(chance);
  return name + "-" + to_hex(chance);
}

Phrase say_time_of(const Estimate& time, Executor& executor) {
  const std::int64_t end_s = executor.pc_clock_s() + static_cast<std::int64_t>(time.seconds);
  return {time.is_rough ? Sentence::TimeRough : Sentence::TimeMeasured,
          {say_duration(time.seconds), say_time(console::local_clock_s(end_s))}};
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(Bench bench, const std::string& profile_file) {
  Profile profile = TRY(read_profile(bench, profile_file));
  return std::unique_ptr<Session>(new Session(std::move(bench), std::move(profile)));
}

std::unique_ptr<Session> Session::without_profile(Bench bench) {
  return std::unique_ptr<Session>(new Session(std::move(bench), Profile{}));
}

Result<std::vector<DriveFacts>> Session::drives(const std::vector<std::string>& paths) {
  if (paths.empty()) return machine().drives();
  std::vector<DriveFacts> drives;
  for (const std::string& path : paths) {
    DriveFacts drive = TRY(machine().drive(path));
    drives.push_back(std::move(drive));
  }
  return drives;
}

std::optional<Stop> Session::refusal(const DriveFacts& drive) const {
  PlanRequest request;
  request.operator_named_drive = true;
  const Result<Plan> plan = make_plan(drive, profile_.policy, request);
  if (plan.ok()) return std::nullopt;
  return plan.error().stop;
}

Result<void> Session::open_key(const std::string& passphrase) {
  StickKey key = TRY(open_stick_key(*bench_.stick, passphrase));
  key_ = std::make_shared<const StickKey>(std::move(key));
  ledger_ = ledger_of(bench_, *key_);
  return {};
}

Result<void> Session::enter_boot_once(const RunSetup& setup) {
  if (!ledger_ || is_boot_entered_) return {};
  TRY(enter_boot(setup));
  is_boot_entered_ = true;
  return {};
}

Result<std::shared_ptr<const ImageFolder>> Session::image_for(const Order& order) {
  if (!order.wants_image) return std::shared_ptr<const ImageFolder>();
  ImagePlace place{order.image_folder, order.image_may_be_unsigned};
  if (place.folder.empty()) {
    if (profile_.policy.image.empty()) return std::shared_ptr<const ImageFolder>();
    place.folder = bench_.stick_folder + "/" + kImageFolder + "/" + profile_.policy.image;
  }
  const Result<KeyCertificate> root = read_root(*bench_.stick);
  return open_image(place, root.ok() ? &root.value() : nullptr);
}

Result<Planned> Session::plan_drive(const Order& order, const std::string& path,
                                    std::shared_ptr<const ImageFolder> image) {
  const DriveFacts drive = TRY(machine().drive(path));
  Policy policy = profile_.policy;
  if (order.method) policy.method = *order.method;
  if (order.verify) policy.verify = *order.verify;

  PlanRequest request;
  request.number = order.number;
  request.operator_named_drive = order.is_named;
  request.erase = order.erase;
  request.not_erased_override = order.not_erased;
  request.compare_image = order.compares_image;
  if (image) request.image = image->needs();
  request.trial = order.trial || policy.trial;
  if (!order.erase) {
    const History history = TRY(read_history(*bench_.stick));
    request.erased_in_run = run_that_erased(history, drive, policy);
    request.image_may_be_there = may_hold_image(history, drive);
  }
  Plan plan = TRY(relance::make_plan(drive, policy, request));
  if (image) TRY(check_fit(*image, drive));
  request.speeds = speeds_of(drive);  // Only of a drive that may be a target: reading it takes a second.
  plan = TRY(relance::make_plan(drive, policy, request));
  Estimate time = estimate(expected_bytes(plan, image.get()), request.speeds);
  if (time.seconds > 0) plan.reasons.push_back(say_time_of(time, executor()));
  return Planned{std::move(plan), std::move(image), std::move(time)};
}

Speeds Session::speeds_of(const DriveFacts& drive) {
  Result<std::unique_ptr<BlockReader>> reader = machine().open_reader(drive);
  const Speeds probed = reader.ok() ? probe_speeds(std::move(reader).value(), executor()) : Speeds{};
  return expected_speeds(drive, probed);
}

Result<std::vector<Planned>> Session::plan(const Order& order) {
  std::shared_ptr<const ImageFolder> image = TRY(image_for(order));
  std::vector<Planned> plans;
  for (const std::string& path : order.drives) {
    Planned planned = TRY(plan_drive(order, path, plans.empty() ? image : nullptr));
    plans.push_back(std::move(planned));
  }
  return plans;
}

// A plan goes back to its drive by identity: /dev/sda may be another one since.
Result<DriveFacts> Session::find_drive(const Plan& plan) {
  Result<DriveFacts> there = machine().drive(plan.drive.path);
  if (there.ok() && is_same_drive(plan.drive, there.value())) return there;
  const std::vector<DriveFacts> found = TRY(machine().drives());
  for (const DriveFacts& drive : found)
    if (is_same_drive(plan.drive, drive)) return drive;
  if (there.ok())
    return Error{Errc::Refused, Stop::DriveChanged, plan.drive.path + " is another drive than in the plan"};
  return there;
}

std::shared_ptr<Journal> Session::open_journal(const std::string& run, const JournalText& so_far) {
  Journal::OnKept on_kept;
  if (console::is_followed()) on_kept = [run](const JournalLine& line) { console::log_event(run, line); };
  return std::make_shared<Journal>(bench_.stick, executor(), run, so_far, std::move(on_kept));
}

RunSetup Session::run_setup(std::shared_ptr<Journal> journal) const {
  return {.bench = bench_,
          .journal = std::move(journal),
          .key = key_,
          .ledger = ledger_,
          .parties = {profile_.workshop, profile_.operator_name, profile_.donor, profile_.lot},
          .verify_url = profile_.verify_url,
          .language = profile_.policy.language};
}

Result<std::unique_ptr<Run>> Session::start(std::vector<Planned> plans, const std::vector<std::string>& typed) {
  require(plans.size() == typed.size(), "one confirm word a plan");
  if (bench_.has_stick() && !key_)
    return Error{Errc::Refused, Stop::KeyPassphrase, "the stick's key is not open: nobody could sign"};
  TRY(bench_.stick->try_out());
  std::vector<JobStart> starts;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const DriveFacts now = TRY(find_drive(plans[i].plan));
    std::vector<std::uint64_t> bytes = expected_bytes(plans[i].plan, plans[i].image.get());
    Confirmation confirmation = TRY(confirm(std::move(plans[i].plan), now, typed[i]));
    std::shared_ptr<Contents> contents = plans[i].image ? contents_of(plans[i].image, bench_) : nullptr;
    starts.push_back({std::to_string(i + 1), std::move(confirmation), {}, std::move(contents), std::move(bytes)});
  }
  const RunSetup setup = run_setup(open_journal(new_run_name(machine()), {}));
  TRY(enter_boot_once(setup));
  auto run = std::make_unique<Run>(setup);
  for (JobStart& start : starts) run->add(std::move(start), starts.size());
  return run;
}

Result<std::vector<PastJob>> Session::resumable(const std::string& drive) {
  const History history = TRY(read_history(*bench_.stick));
  std::optional<DriveFacts> wanted;
  if (!drive.empty()) wanted = TRY(machine().drive(drive));
  return open_jobs_that(
      history, [&](const Plan& plan) { return wanted ? is_same_drive(plan.drive, *wanted) : find_drive(plan).ok(); });
}

Result<std::vector<PastJob>> Session::resumable_among(const std::vector<DriveFacts>& found) {
  const History history = TRY(read_history(*bench_.stick));
  return open_jobs_that(history, [&](const Plan& plan) {
    const auto is_it = [&](const DriveFacts& drive) { return is_same_drive(plan.drive, drive); };
    const auto is_there = [&](const DriveFacts& drive) { return drive.path == plan.drive.path; };
    if (std::any_of(found.begin(), found.end(), is_it)) return true;
    if (std::any_of(found.begin(), found.end(), is_there)) return false;
    const Result<DriveFacts> named = machine().drive(plan.drive.path);  // A file is never among those found.
    return named.ok() && is_it(named.value());
  });
}

Result<std::unique_ptr<Run>> Session::resume(std::vector<PastJob> jobs, const std::string& image_folder) {
  require(!jobs.empty(), "something to resume");
  if (bench_.has_stick() && !key_)
    return Error{Errc::Refused, Stop::KeyPassphrase, "the stick's key is not open: nobody could sign"};
  TRY(bench_.stick->try_out());
  std::vector<JobStart> starts;
  for (const PastJob& job : jobs) {
    const Plan& plan = job.plan();
    const DriveFacts now = TRY(find_drive(plan));
    std::shared_ptr<const ImageFolder> image = TRY(image_of(plan, image_folder));
    std::vector<std::uint64_t> bytes = expected_bytes(plan, image.get());
    std::shared_ptr<Contents> contents = image ? contents_of(image, bench_) : nullptr;
    Confirmation confirmation = TRY(confirm(plan, now, plan.drive.confirm_word));
    starts.push_back({job.drive, std::move(confirmation), job.state(), std::move(contents), std::move(bytes)});
  }
  const JournalText so_far = TRY(Journal::read(*bench_.stick, jobs.front().run));
  const RunSetup setup = run_setup(open_journal(jobs.front().run, so_far));
  TRY(enter_boot_once(setup));
  auto run = std::make_unique<Run>(setup);
  for (JobStart& start : starts) run->add(std::move(start), starts.size());
  return run;
}

Result<std::vector<std::string>> Session::certify_left_behind() {
  std::vector<std::string> made;
  if (!key_) return made;
  const History history = TRY(read_history(*bench_.stick));
  const std::vector<LedgerLine> lines = TRY(ledger_->read());
  const MachineFacts here = machine().facts();
  for (const PastJob& job : history.jobs) {
    const JobState& state = job.state();
    const MachineFacts& there = state.started->machine;
    const bool is_here = there.maker == here.maker && there.product == here.product && there.serial == here.serial;
    if (!is_here || !state.ended || state.certificate || can_resume(state) || !last_begun(lines, job.run, job.drive))
      continue;
    const JournalText so_far = TRY(Journal::read(*bench_.stick, job.run));
    const RunSetup setup = run_setup(open_journal(job.run, so_far));
    TRY(enter_boot_once(setup));
    const PublishedCertificate published = TRY(certify(setup, job.evidence, job.drive));
    TRY(setup.journal->recorder(job.drive)->announce(CertificateWritten{published.file, published.sha256}));
    made.push_back(published.file);
  }
  return made;
}

Result<NumbersHere> Session::numbers_for(const std::vector<DriveFacts>& drives) {
  const History history = TRY(read_history(*bench_.stick));
  NumbersHere numbers;
  for (const DriveFacts& drive : drives) {
    const PastJob* job = last_job_of(history, drive);
    if (job != nullptr && !can_resume(job->state()) && numbers.done_before.empty())
      numbers.done_before = job->plan().number;
  }
  const auto is_free = [&](const std::string& number) {
    return std::none_of(history.jobs.begin(), history.jobs.end(),
                        [&](const PastJob& job) { return job.plan().number == number; });
  };
  const auto next = std::find_if(profile_.numbers.begin(), profile_.numbers.end(), is_free);
  if (next != profile_.numbers.end()) numbers.next = *next;
  return numbers;
}

// The image of an interrupted job must be the very one that it began with.
Result<std::shared_ptr<const ImageFolder>> Session::image_of(const Plan& plan, const std::string& image_folder,
                                                             ImageNeed need) {
  if (plan.image.empty()) return std::shared_ptr<const ImageFolder>();
  const std::string in_images = bench_.stick_folder + "/" + kImageFolder + "/" + plan.image;
  const Result<KeyCertificate> root = read_root(*bench_.stick);
  // Its signature was checked, or waived, when the run was confirmed; the journal holds its manifest's hash since.
  const ImagePlace place{image_folder.empty() ? in_images : image_folder, true};
  const KeyCertificate* const checked_by = root.ok() ? &root.value() : nullptr;
  Result<std::shared_ptr<const ImageFolder>> opened = open_image(place, checked_by);
  if (!opened.ok() && need == ImageNeed::Hashes) {
    Result<std::shared_ptr<const ImageFolder>> manifest = open_manifest(place, checked_by);
    if (manifest.ok()) opened = std::move(manifest);
  }
  std::shared_ptr<const ImageFolder> image = TRY(std::move(opened));
  if (image->manifest_sha256() != plan.image_sha256)
    return Error{Errc::Refused, Stop::ImageDamaged, "this is not the image that the interrupted job began with"};
  return image;
}

}  // namespace relance
