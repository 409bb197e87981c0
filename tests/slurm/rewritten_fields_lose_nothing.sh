# A site's plugin writes names, comments and folders of its own into what is sent. Nothing is sent twice, `status` finds
# the tasks, `cancel` ends them whatever SCANCEL_* says, and what the plugin tells users is shown, all of it.
. "$(dirname "$0")/common.bash"

plugin=$(find /usr/lib -name job_submit_lua.so 2>/dev/null | sed -n 1p)
[ -n "$plugin" ] || { echo "this Slurm has no job_submit/lua to rewrite with"; exit 77; }
mkdir -p "$cluster_folder"
cat >"$cluster_folder/job_submit.lua" <<END
function slurm_job_submit(job, partitions, uid)
    if io.open("$PWD/refuse") then
        slurm.log_user("Accounts are needed here.")
        slurm.log_user("See the wiki, page accounts.")
        return slurm.ERROR
    end
    job.name = "of the site"
    job.comment = "project | none"
    job.work_dir = "/tmp"
    slurm.log_user("Your project has 7 hours left.")
    return slurm.SUCCESS
end
function slurm_job_modify(job, record, partitions, uid)
    return slurm.SUCCESS
end
END
start_cluster JobSubmitPlugins=lua
study s.yaml 2 '[0]'
run_whole
touch refuse
expect 1 submit s.yaml --db none.db --pack-seconds 0
said "Accounts are needed here.; "
said "See the wiki, page accounts.; "
said "Batch job submission failed"
rm refuse
expect 0 submit s.yaml --db none.db --pack-seconds 0 --options=--hold
grep -q "Your project has 7 hours left." stderr || fail "what the queue says although it accepts is not shown"
[ "$(squeue -h -r -o '%j %k')" = "$(printf 'of the site project | none\nof the site project | none')" ] ||
    fail "the plugin did not rewrite anything: the test shows nothing"
expect 0 submit s.yaml --db none.db --pack-seconds 0
grep -q '2 on their way; 0 jobs sent' stderr || fail "what the plugin rewrote was sent again"
expect 0 status s.run
grep -q '2 tasks of the queue waiting: held by its user' stderr || fail "status does not find the tasks"
sbatch -Q --hold --array=0 --wrap true -o /dev/null # not ours, and not to be cancelled
SCANCEL_STATE=RUNNING SCANCEL_INTERACTIVE=1 SCANCEL_PARTITION=none expect 0 cancel s.run --where 1
grep -q '1 array cancelled in the queue' stderr || fail "cancel says nothing of the array"
[ "$(squeue -h -r | wc -l)" = 1 ] || fail "cancel left tasks in the queue, or took those of others: $(squeue -h -r)"
scancel --state=PENDING --user="$(id -un)"
expect 0 submit s.yaml --db none.db --pack-seconds 0 --retry-failed
wait_until "the results" is_finished s.run 2
check_run s
