"""What every step is called, and what must come with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.states import Step

NOTE, DEPARTMENT, DISPOSITION, PERSON, GRADE = "note", "department", "disposition", "person", "grade"

#: Needed where the class's case standard tells several conditions apart.
CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """What a step is called and what must come with it."""

    zh: str
    en: str
    needs: tuple[str, ...] = ()


STEPS: Mapping[Step, StepDefinition] = {
    Step.ACKNOWLEDGE: StepDefinition("知晓", "Acknowledge"),
    Step.ASSIGN_VERIFIER: StepDefinition("指派核实", "Assign verifier", (PERSON,)),
    Step.VERIFY: StepDefinition("核实属实", "Verify"),
    Step.FILE: StepDefinition("立案", "File", (CONDITION,)),
    Step.NOT_FILE: StepDefinition("不予立案", "Do not file", (DISPOSITION, NOTE)),
    Step.SEND_BACK: StepDefinition("退回受理", "Send back", (NOTE,)),
    Step.CONFIRM: StepDefinition("确认自动派遣", "Confirm"),
    Step.VOID: StepDefinition("撤销自动派遣", "Void", (DISPOSITION, NOTE)),
    Step.DISPATCH: StepDefinition("派遣", "Dispatch", (DEPARTMENT,)),
    Step.URGE: StepDefinition("督办", "Urge", (NOTE,)),
    Step.CLOSE: StepDefinition("结案", "Close", (DISPOSITION, CONDITION)),
    Step.FORCE_CLOSE: StepDefinition("强制结案", "Close by force", (DISPOSITION, NOTE)),
    Step.CANCEL: StepDefinition("作废", "Cancel", (DISPOSITION, NOTE)),
    Step.REOPEN: StepDefinition("重新打开", "Reopen", (NOTE,)),
    Step.GRADE: StepDefinition("事件定级", "Grade", (GRADE,)),
    Step.PASS_UP: StepDefinition("上报市级", "Pass up", (NOTE,)),
    Step.PASS_DOWN: StepDefinition("下交区县", "Pass down", (NOTE,)),
    Step.MERGE: StepDefinition("并案", "Merge", (NOTE,)),
    Step.SPLIT: StepDefinition("拆案", "Split", (NOTE,)),
    Step.DETACH: StepDefinition("移出并案", "Detach", (NOTE,)),
    Step.COMMENT: StepDefinition("批注", "Comment", (NOTE,)),
    Step.ASSIGN: StepDefinition("指派处置人员", "Assign handler", (PERSON,)),
    Step.REVOKE: StepDefinition("撤销指派", "Revoke assignment"),
    Step.ACCEPT: StepDefinition("接收", "Accept"),
    Step.ARRIVE: StepDefinition("到场", "Arrive"),
    Step.HANDLE: StepDefinition("开始处置", "Handle"),
    Step.FEED_BACK: StepDefinition("反馈", "Feed back", (NOTE,)),
    Step.RETURN: StepDefinition("退回", "Return", (NOTE,)),
    Step.TRANSFER: StepDefinition("改派", "Transfer", (DEPARTMENT, NOTE)),
    Step.ASSIGN_CHECKER: StepDefinition("指派核查", "Assign checker", (PERSON,)),
    Step.CHECK: StepDefinition("核查通过", "Check"),
    Step.REWORK: StepDefinition("返工", "Rework", (NOTE,)),
    Step.ASK_DELAY: StepDefinition("申请延时", "Ask for delay", (NOTE,)),
    Step.ASK_SUSPEND: StepDefinition("申请挂账", "Ask for suspension", (NOTE,)),
    Step.ENDORSE: StepDefinition("部门审核同意", "Endorse"),
    Step.GRANT: StepDefinition("批准", "Grant"),
    Step.REFUSE: StepDefinition("不批准", "Refuse", (NOTE,)),
    Step.RESUME: StepDefinition("恢复处置", "Resume", (NOTE,)),
    Step.APPEAL: StepDefinition("超时申诉", "Appeal", (NOTE,)),
    Step.ENDORSE_APPEAL: StepDefinition("申诉审核同意", "Endorse appeal"),
    Step.UPHOLD: StepDefinition("申诉成立", "Uphold"),
    Step.REJECT: StepDefinition("申诉驳回", "Reject", (NOTE,)),
}
