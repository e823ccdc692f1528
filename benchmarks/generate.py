"""Writes a made-up workspace of any size, for measurements: the same seed gives the same bytes.

Every account has a random generator of its own, so account 7 is the same whether 100 or 10,000 deals are asked for.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

AS_OF = date(2026, 6, 15)
DEALS_PER_ACCOUNT = 10
DEALS_PER_PERSON = 40
PEOPLE_PER_MANAGER = 8
PEOPLE_PER_DEALER = 5
LOST_SHARE = 0.15

FUNNEL = {"L": 100, "O": 60, "S": 40, "Q": 20, "A": 10, "OR": 10, "P": 10}
STAGES = list(FUNNEL)
LOST = "LOST"
WON = frozenset(("A", "OR", "P"))
FORECAST = {"L": "pipeline", "O": "pipeline", "S": "best_case", "Q": "commit", LOST: "omitted"}
PROBABILITY = {"L": 10, "O": 20, "S": 30, "Q": 60, LOST: 0}
PLUS_SHARE = {"L": 3, "O": 4, "S": 5, "Q": 6, LOST: 3}
IMPORTANCE = {"care": 4, "very_important": 6, "important": 5}

PLACES = [
    ("bohai", "渤海"), ("jinbei", "津北"), ("luanhe", "滦河"), ("taihang", "太行"), ("xinwan", "新湾"),
    ("qingcheng", "青城"), ("yunshan", "云山"), ("hetao", "河套"), ("liaodong", "辽东"), ("songjiang", "松江"),
    ("hailing", "海陵"), ("nanpu", "南浦"), ("dongze", "东泽"), ("xiling", "西岭"), ("beichuan", "北川"),
    ("anhe", "安和"), ("pingyuan", "平原"), ("longquan", "龙泉"), ("fengze", "丰泽"), ("jiuhua", "九华"),
    ("minjiang", "闽江"), ("ganquan", "甘泉"), ("huating", "华亭"), ("linhai", "临海"), ("yanshan", "燕山"),
]  # fmt: skip
BUSINESSES = [
    ("water", "水务集团", "water-treatment"), ("drainage", "排水公司", "water-treatment"),
    ("power", "热电公司", "power"), ("steel", "钢铁公司", "steel"), ("chem", "化工公司", "chemicals"),
    ("paper", "纸业公司", "paper"), ("brewing", "啤酒公司", "food"), ("dairy", "乳业公司", "food"),
    ("pharma", "药业公司", "pharma"), ("park", "产业园公司", "real-estate"), ("port", "港务集团", "logistics"),
    ("mining", "矿业公司", "mining"), ("gas", "燃气公司", "gas"), ("glass", "玻璃公司", "building-materials"),
    ("textile", "纺织公司", "textiles"), ("auto", "汽车配件公司", "automotive"),
]  # fmt: skip
REGIONS = [("辽宁", "大连"), ("河北", "唐山"), ("天津", "天津"), ("山西", "太原"), ("内蒙古", "包头"), ("山东", "青岛")]
SURNAMES = [
    ("zhang", "张"), ("wang", "王"), ("li", "李"), ("zhao", "赵"), ("liu", "刘"), ("chen", "陈"), ("yang", "杨"),
    ("sun", "孙"), ("zhou", "周"), ("wu", "吴"), ("xu", "徐"), ("ma", "马"), ("zhu", "朱"), ("hu", "胡"),
    ("guo", "郭"), ("he", "何"), ("gao", "高"), ("lin", "林"), ("luo", "罗"), ("song", "宋"),
]  # fmt: skip
GIVEN_NAMES = [
    ("wei", "伟"), ("na", "娜"), ("qiang", "强"), ("lei", "磊"), ("jie", "洁"), ("yong", "勇"), ("mei", "梅"),
    ("jun", "俊"), ("tao", "涛"), ("fang", "芳"), ("peng", "鹏"), ("min", "敏"), ("hao", "浩"), ("ning", "宁"),
    ("xue", "雪"), ("bo", "波"), ("ting", "婷"), ("chao", "超"), ("hui", "慧"), ("guodong", "国栋"),
]  # fmt: skip
POSTS = [
    ("总经理", "总经办"), ("采购总监", "采购部"), ("技术中心主任", "技术中心"), ("运行车间主任", "运行部"),
    ("财务主管", "财务部"),
]  # fmt: skip
DEALERS = ["津港恒通管业", "北泽机电", "晋源流体设备", "蓝湾供水器材"]
UNITS = ["环渤海", "晋蒙", "东北", "山东", "华东"]

PROJECTS = [
    ("line", "号线管道改造"), ("pump-station", "号泵站更新"), ("metering", "期分区计量"), ("valves", "批阀门更换"),
    ("plant", "号水厂扩建"), ("network", "期管网新建"), ("cooling", "号循环水改造"), ("effluent", "号排放口整治"),
]  # fmt: skip
NUMBERS = "一二三四五六七八九"
PRODUCTS = ["阀门", "水表", "管件", "球墨铸铁管", "复合管", "计量", "衬氟阀", "泵"]
COMPETITORS = [
    ("donglin", "东岭阀业"), ("haiyue", "海岳管道"), ("siemens", "西门子"), ("hengda", "恒达仪表"),
    ("tianyuan", "天元流体"), ("kangjie", "康捷水技术"),
]  # fmt: skip
STRATEGIES = ["frontal", "defend", "flanking", "fragment", "develop"]
REASONS = ["price", "product_fit", "delivery_time", "relationship", "competitor_locked_in", "payment_terms"]
LESSONS = ["交期要在方案阶段就问决策人", "没有早接触财务", "价格比竞争对手高一成", "评分办法出来时已经晚了"]
CRITERIA = [
    "project", "business_profile", "financial_condition", "access_to_funds", "compelling_event",
    "formal_criteria", "solution_fit", "sales_resources", "current_relationship", "unique_business_value",
    "inside_support", "executive_credibility", "cultural_compatibility", "informal_criteria", "political_alignment",
    "short_term_revenue", "future_revenue", "profitability", "risk", "strategic_value",
]  # fmt: skip
EVIDENCE = [
    "需求书第二版已签", "年报与现场走访", "专项资金已到账户", "例会上替我们说话", "技术交流纪要", "评分表已公布",
    "样段试验数据", "邮件确认", "会议纪要第三条", "预计毛利两成二", "后面还有二期", "现有供应商供货十一年",
]  # fmt: skip
NEEDS = [
    "管线老化漏损率22%、要求不停水更换", "产能扩建需要新增一套供水系统", "分区没有边界计量、漏损算不清",
    "检修窗口只有十二天、需要快装结构",
]  # fmt: skip
EVENTS = ["漏损责任书年底考核", "环保限期整改", "新生产线投产", "年度大检修", "专项债资金使用期限"]
STAKES = ["扣减全年补贴约1500万", "被责令停产整改", "每天停产损失90万", "资金收回、项目顺延一年"]
RESULTS = ["施工期停水不超过六小时", "十二天装完", "漏损率降到12%以下", "备件库存减少一半"]
FORMAL = ["全寿命成本", "交货期不超过60天", "第三方检测报告", "停水时间", "质保五年"]
INFORMAL = ["换供应商的责任有人分担", "年底前一定能完工", "不出审计问题"]
AGENDAS = ["平稳退休前不出审计问题", "升副总工程师", "任期内完成责任书", "把新工艺做成样板", "少加班抢修"]
APPROACHES = ["给全寿命成本表和同类业绩", "样段试验数据由他发布", "约一次高层会面", "请到样板工程看一天"]
OPPOSITION = ["会上说现有供应商账目清楚不必换", "没有接我们的电话", "要求只比单价"]
TASKS = ["样段带压试验", "弄清竞争对手报价构成", "约高层会面", "提供全寿命成本测算", "技术澄清会材料", "标书内部终审"]
CATEGORIES = ["prove", "retrieve", "minimize", "emphasize", "insulate"]
STRENGTHS = ["本地有库存", "价格低", "现有供应商", "产能大", "技术成熟", "服务站近"]
WEAKNESSES = ["没有带压切换业绩", "交期长", "没有计量产品", "在本地没有服务站", "毛利已到底"]
MILESTONES = ["立项批复", "技术澄清会", "开标", "定标"]
REMARKS = ["# 每周一例会都看", "# 客户预算口径还要再核", "# 由经销商报备", "# 与去年的项目合并过一次"]
PURPOSES = ["了解评标思路和资金安排", "技术交流", "确认交货期要求", "请用户部门确认价值", "商务条款沟通"]

NEUTRAL = ["sees_need", "shares_basics", "explains_event", "accepts_us", "invests_time"]
SUPPORTER = ["says_best_privately", "plans_adoption", "says_best_publicly", "shares_rivals", "shares_politics"]
ROLES = ["[A]", "[D]", "[E]", "[U]", "[E, U]"]
ORIENTATIONS = ["financial", "technical", "relationship", "business"]
ADAPTABILITY = ["innovator", "visionary", "pragmatist", "conservative", "laggard"]
COVERAGE = ["brief", "multiple", "in_depth"]
GATES = {
    "L": [("contact_made", "与项目人员当面交流"), ("fits_our_offer", "规格都在供货范围内")],
    "O": [("budget_confirmed", "财务电话确认资金已列支")],
    "S": [("solution_presented", "技术中心交流纪要"), ("solution_accepted", "客户邮件确认方案")],
    "Q": [
        ("quotation_submitted", "投标回执"), ("objections_cleared", "澄清纪要"),
        ("terms_agreed", "合同谈判纪要"), ("approver_agreed", "总经理签批"),
    ],
    "A": [("order_confirmed", "厂家订单确认")],
    "OR": [("delivery_date_confirmed", "交货函"), ("goods_delivered", "签收单"), ("invoice_issued", "发票")],
    "P": [("paid_in_full", "财务到账确认"), ("satisfaction_recorded", "用户评价表")],
}  # fmt: skip
"""Statements of the sales process that only an entry under gate_evidence can show, by the stage that they end."""


@dataclass(frozen=True)
class Account:
    """What the files of one account share: its people on both sides."""

    id: str
    name: str
    vertical: str
    owner: str
    manager: str
    contacts: list[tuple[str, str]]
    competitors: list[tuple[str, str]]


@dataclass(frozen=True)
class Deal:
    """What the parts of one opportunity share. The last event is the present stage."""

    account: Account
    number: int
    stage: str
    events: list[tuple[date, str]]
    close: date
    amount: int
    team: list[str]

    @property
    def created(self) -> date:
        """The day on which the deal was first heard of."""
        return self.events[0][0]

    @property
    def ended(self) -> bool:
        """Whether it is signed or lost, so that its close date has passed."""
        return self.stage in WON or self.stage == LOST


def main() -> None:
    """Read the command line and write the workspace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path, help="folder to write, new or empty")
    parser.add_argument("--opportunities", type=int, default=1000, metavar="N", help="number of deals (default 1000)")
    parser.add_argument("--calls", type=int, default=0, metavar="N", help="calls for each deal (default 0)")
    parser.add_argument("--unique", action="store_true", help="no text of a call is that of another call")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other seed, other data (default 1)")
    options = parser.parse_args()
    if options.dir.exists() and any(options.dir.iterdir()):
        parser.error(f"{options.dir} is not empty")
    count = write(options.dir, files(options.opportunities, options.calls, options.seed, options.unique))
    print(f"{options.dir}: {count} files, {options.opportunities} opportunities")


def write(root: Path, texts: Iterator[tuple[str, str]]) -> int:
    """Write texts to paths below a folder and return how many there were."""
    folders: set[Path] = set()
    count = 0
    for path, text in texts:
        target = root / path
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        target.write_bytes(text.encode())
        count += 1
    return count


def files(opportunities: int, calls: int, seed: int, unique: bool = False) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file of a workspace."""
    people = max(1, -(-opportunities // DEALS_PER_PERSON))
    yield "kamctl.yaml", settings_text()
    yield "team.yaml", team_text(people, Random(f"{seed}:team"))
    for index in range(-(-opportunities // DEALS_PER_ACCOUNT)):
        deals = min(DEALS_PER_ACCOUNT, opportunities - index * DEALS_PER_ACCOUNT)
        yield from account_files(index, deals, calls, unique, Random(f"{seed}:{index}"))


def settings_text() -> str:
    """Return kamctl.yaml."""
    return """\
# 测试用工作区, 数据截至 2026-06-15
format: 1
name: 北方水务销售部
language: zh-Hans
currency: CNY
report_currency: USD
rates:
  - {date: 2025-01-02, pair: USD/CNY, rate: 7.2}
  - {date: 2026-03-31, pair: USD/CNY, rate: 7.02}
process: losqaop
scorecard: tas20
stale_after: 30d
fresh_for: 60d
"""


def team_text(people: int, rng: Random) -> str:
    """Return team.yaml: one head, managers, sales support, dealers and salespeople."""
    lines = ["# 我方人员", "members:", "  head: {name: 赵国栋, role: executive, unit: 总部, email: head@example.com}"]
    for n in range(-(-people // PEOPLE_PER_MANAGER)):
        unit = UNITS[n % len(UNITS)]
        lines.append(f"  manager-{n + 1}: {{name: {person(rng)[1]}, role: manager, manager: head, unit: {unit}}}")
        lines.append(f"  support-{n + 1}: {{name: {person(rng)[1]}, role: support, manager: head, unit: {unit}}}")
    for n in range(-(-people // PEOPLE_PER_DEALER)):
        name, dealer = person(rng)[1], DEALERS[n % len(DEALERS)]
        lines.append(f"  dealer-{n + 1}: {{name: {name}, role: dealer, manager: manager-1, dealer: {dealer}}}")
    for n in range(people):
        lines += member_lines(n, rng)
    return joined(lines)


def member_lines(n: int, rng: Random) -> list[str]:
    """Return the lines of one salesperson in team.yaml."""
    quota = rng.randint(30, 80) * 100_000
    return [
        f"  sales-{n + 1}:",
        f"    name: {person(rng)[1]}",
        "    role: salesperson",
        f"    manager: {manager_of(n)}",
        f"    unit: {UNITS[n // PEOPLE_PER_MANAGER % len(UNITS)]}",
        f"    started: {date(2019, 1, 1) + timedelta(days=rng.randint(0, 1800))}",
        f"    quota: {{2026: {quota} CNY, 2026-Q1: {quota // 5} CNY, 2026-Q2: {quota // 4} CNY}}",
    ]


def manager_of(n: int) -> str:
    """Return the key of the manager of salesperson `n`, counted from 0."""
    return f"manager-{n // PEOPLE_PER_MANAGER + 1}"


def person(rng: Random) -> tuple[str, str]:
    """Return a person's slug and Chinese name."""
    surname, given = rng.choice(SURNAMES), rng.choice(GIVEN_NAMES)
    return f"{surname[0]}-{given[0]}", surname[1] + given[1]


def account_files(index: int, deals: int, calls: int, unique: bool, rng: Random) -> Iterator[tuple[str, str]]:
    """Yield path and text of the account file, its contacts, deals and calls."""
    account = make_account(index, rng)
    folder = f"accounts/{account.id}"
    yield f"{folder}/account.yaml", account_text(account, rng)
    for n, (slug, _) in enumerate(account.contacts):
        yield f"{folder}/contacts/{slug}.yaml", contact_text(account, n, rng)
    stems = rng.sample([(kind, n) for kind in range(len(PROJECTS)) for n in range(len(NUMBERS))], deals)
    taken: set[str] = set()
    for n, (kind, number) in enumerate(stems):
        deal = make_deal(account, index * DEALS_PER_ACCOUNT + n, rng)
        slug, label = PROJECTS[kind]
        stem = f"{slug}-{number + 1}"
        yield f"{folder}/opportunities/{stem}.yaml", deal_text(deal, f"{NUMBERS[number]}{label}", rng)
        for _ in range(calls):
            day, contact = workday(between(rng, deal.created, deal.events[-1][0])), rng.choice(deal.team)
            name = next(name for name in call_names(day, contact) if name not in taken)
            taken.add(name)
            own = f" {account.id}/{name}" if unique else ""
            yield f"{folder}/calls/{name}.yaml", call_text(deal, stem, day, contact, own, rng)


def call_names(day: date, contact: str) -> Iterator[str]:
    """Yield the names that a call may have: with the contact, then numbered."""
    yield f"{day}-{contact}"
    for n in range(2, 1000):
        yield f"{day}-{contact}-{n}"


def make_account(index: int, rng: Random) -> Account:
    """Return the account at a position, counted from 0, with three to five contacts of different names."""
    place, business = PLACES[index % len(PLACES)], BUSINESSES[index // len(PLACES) % len(BUSINESSES)]
    again = index // (len(PLACES) * len(BUSINESSES)) + 1
    contacts: dict[str, str] = {}
    wanted = rng.randint(3, 5)
    while len(contacts) < wanted:
        slug, name = person(rng)
        contacts[slug] = name
    salesperson = index * DEALS_PER_ACCOUNT // DEALS_PER_PERSON
    return Account(
        id=f"{place[0]}-{business[0]}" + (f"-{again}" if again > 1 else ""),
        name=place[1] + business[1] + (f"第{again}分公司" if again > 1 else ""),
        vertical=business[2],
        owner=f"sales-{salesperson + 1}",
        manager=manager_of(salesperson),
        contacts=list(contacts.items()),
        competitors=rng.sample(COMPETITORS, 2),
    )


def account_text(account: Account, rng: Random) -> str:
    """Return account.yaml."""
    province, city = rng.choice(REGIONS)
    revenue = rng.randint(10, 200) * 10_000_000
    rival = account.competitors[0][0]
    return f"""\
name: {account.name}
grade: {rng.choice("ABBCCCD")}
status: {rng.choice(["active", "active", "prospect", "target"])}
owner: {account.owner}
manager: {account.manager}
dealer: {rng.choice(DEALERS)}
vertical: {account.vertical}
region: {{province: {province}, city: {city}}}
address: {city}市清波路{rng.randint(1, 200)}号
phone: "+86 411 5550 {rng.randint(0, 9999):04}"
business_profile:
  revenue: {revenue} CNY
  profit: {revenue // 12} CNY
  fiscal_year_end: 12-31
  employees: {rng.randint(100, 5000)}
  main_business: 生产、供应与运营
  systems: 自建调度系统, 老管网以灰口铸铁为主
our_position: {{products: {flow(rng.sample(PRODUCTS, 2))}, revenue_to_date: {rng.randint(0, 50) * 100_000} CNY}}
competitor_positions:
  {rival}: {{products: {flow(rng.sample(PRODUCTS, 2))}, revenue_to_date: {rng.randint(1, 90) * 100_000} CNY}}
pain_points:
  - {rng.choice(NEEDS)}
  - 备件型号杂, 库存占用高
objectives:
  - {{objective: 成为年度框架供应商, measure: 签框架协议, due: 2026-12-31, owner: {account.owner}, status: open}}
"""


def contact_text(account: Account, n: int, rng: Random) -> str:
    """Return the file of the n-th contact; everybody reports to the first."""
    slug, name = account.contacts[n]
    title, department = POSTS[n]
    lines = [f"name: {name}", f"title: {title}", f"department: {department}"]
    if n:
        lines.append(f"reports_to: {account.contacts[0][0]}")
    lines += [
        f'phone: "+86 411 5550 {rng.randint(0, 9999):04}"',
        f"email: {slug}@{account.id}.example",
        f"personal: {{education: 工程本科, interests: {flow(rng.sample(['钓鱼', '茶', '羽毛球', '摄影'], 2))}}}",
        f"background: {{employer: {account.name}, style: 谨慎、重书面记录}}",
        "responsibilities:",
        f"  - {department}日常管理",
        "  - 项目评审",
        f"decision_criteria: {{technical: {flow(rng.sample(FORMAL, 2))}, business: {flow(rng.sample(FORMAL, 2))}}}",
    ]
    return joined(lines)


def make_deal(account: Account, number: int, rng: Random) -> Deal:
    """Return a deal at a random stage, with the days on which it came to each."""
    stage = LOST if rng.random() < LOST_SHARE else rng.choices(STAGES, list(FUNNEL.values()))[0]
    path = [*STAGES[: rng.randint(1, 4)], LOST] if stage == LOST else STAGES[: STAGES.index(stage) + 1]
    events: list[tuple[date, str]] = []
    day = AS_OF - timedelta(days=rng.randint(5, 120 if stage in (*WON, LOST) else 60))
    for code in reversed(path):
        events.insert(0, (day, code))
        day -= timedelta(days=rng.randint(10, 40))
    signed = next((day for day, code in events if code == "A"), events[-1][0])
    close = signed if stage in (*WON, LOST) else AS_OF + timedelta(days=rng.randint(20, 300))
    people = [slug for slug, _ in account.contacts]
    team = people[: rng.randint(2, len(people))]
    return Deal(account, number, stage, events, close, rng.randint(5, 500) * 10_000, team)


def deal_text(deal: Deal, name: str, rng: Random) -> str:
    """Return the file of a deal."""
    lines = [rng.choice(REMARKS)] if rng.random() < 0.3 else []
    lines += header_lines(deal, name, rng)
    lines += ["stage_history:", *(f"  - {{date: {day}, stage: {code}}}" for day, code in deal.events)]
    if deal.stage == LOST:
        lines += loss_lines(deal, rng)
    lines += ["", *why_lines(deal, rng)]
    lines += decision_lines(deal, rng)
    lines += ["", *assessment_lines(deal, rng)]
    lines += ["", "buying_team:"]
    opponent = rng.randrange(len(deal.team)) if len(deal.team) > 3 and rng.random() < 0.5 else -1
    for n in range(len(deal.team)):
        lines += buyer_lines(deal, n, n == opponent, rng)
    lines += ["competitors:"]
    for slug, label in deal.account.competitors[: rival_count(deal)]:
        lines += competitor_lines(deal, slug, label, rng)
    lines += [f"strategy: {{formal: {rng.choice(STRATEGIES)}, political: 由用户部门影响决策人}}"]
    lines += action_lines(deal, rng)
    lines += gate_lines(deal)
    lines += contract_lines(deal)
    return joined(lines)


def header_lines(deal: Deal, name: str, rng: Random) -> list[str]:
    """Return the flat fields at the top of a deal."""
    room = (deal.close - deal.created).days
    won = deal.stage in WON
    remark = "  # 待客户确认" if rng.random() < 0.2 else ""
    return [
        f"name: {name}",
        f"owner: {deal.account.owner}",
        f"stage: {deal.stage}",
        f"amount: {deal.amount} CNY{remark}",
        f"close_date: {deal.close}",
        f"probability: {100 if won else PROBABILITY[deal.stage]}%",
        f"forecast: {'closed' if won else FORECAST[deal.stage]}",
        f"importance: {importance(deal.number)}",
        f"source: {rng.choice(['principal', 'dealer'])}",
        f"products: {flow(rng.sample(PRODUCTS, rng.randint(1, 3)))}",
        f"tender_date: {deal.created + timedelta(days=room * 7 // 10)}",
        f"purchase_date: {deal.created + timedelta(days=room * 9 // 10)}",
        f"created: {deal.created}",
    ]


def importance(number: int) -> str:
    """Return the importance of a deal; of the deals of one person only a few are above normal."""
    rank = number * 7 % DEALS_PER_PERSON
    for level, count in IMPORTANCE.items():
        if rank < count:
            return level
        rank -= count
    return "normal"


def loss_lines(deal: Deal, rng: Random) -> list[str]:
    """Return how the deal was lost."""
    return [
        "lost:",
        f"  date: {deal.events[-1][0]}",
        f"  reason: {rng.choice(REASONS)}",
        f"  to: {deal.account.competitors[0][0]}",
        f"  lesson: {rng.choice(LESSONS)}",
    ]


def why_lines(deal: Deal, rng: Random) -> list[str]:
    """Return the needs, the compelling event and our unique business value."""
    confirmed = between(rng, deal.created, deal.events[-1][0])
    return [
        f"needs: {rng.choice(NEEDS)}",
        "compelling_event:",
        f"  event: {rng.choice(EVENTS)}",
        f"  deadline: {deal.close + timedelta(days=rng.randint(10, 90))}",
        f"  if_not: {rng.choice(STAKES)}",
        "unique_business_value:",
        f"  result: {rng.choice(RESULTS)}",
        f"  confirmed_by: {deal.team[-1]}",
        f"  confirmed_on: {confirmed}",
    ]


def decision_lines(deal: Deal, rng: Random) -> list[str]:
    """Return the decision criteria, formal ones first, and the milestones up to the close date."""
    formal = rng.sample(FORMAL, rng.randint(1, 3))
    lines = ["decision_criteria:"]
    lines += [f"  - {{criterion: {text}, kind: formal, held_by: [{rng.choice(deal.team)}]}}" for text in formal]
    lines.append(f"  - {{criterion: {rng.choice(INFORMAL)}, kind: informal, held_by: [{rng.choice(deal.team)}]}}")
    lines.append("decision_milestones:")
    names = MILESTONES[-rng.randint(2, 4) :]
    step = (deal.close - deal.created).days // len(names)
    for n, text in enumerate(names, 1):
        day = deal.created + timedelta(days=n * step)
        lines.append(f"  - {{date: {day}, event: {text}, done: {'true' if day <= AS_OF else 'false'}}}")
    return lines


def assessment_lines(deal: Deal, rng: Random) -> list[str]:
    """Return one to three assessments, the first the longest, between creation and the present stage."""
    limit = {"L": 1, "O": 2}.get(deal.stage, 3)
    days = (deal.events[-1][0] - deal.created).days
    count = min(rng.randint(1, limit), days + 1)
    rivals = [slug for slug, _ in deal.account.competitors[: rival_count(deal)]]
    lines = ["assessments:"]
    for n in range(count):
        day = deal.created + timedelta(days=days * n // max(1, count - 1))
        lines += [f"  - date: {day}", f"    by: {deal.account.owner}", "    marks:"]
        chosen = rng.sample(range(len(CRITERIA)), rng.randint(8, 10 if n else 20 - 2 * count))
        lines += [mark_line(deal, CRITERIA[row], rivals, rng) for row in sorted(chosen)]
    return lines


def mark_line(deal: Deal, criterion: str, rivals: Sequence[str], rng: Random) -> str:
    """Return the marks of one criterion; a plus of ours always has its evidence."""
    draw = rng.randrange(10)
    plus = PLUS_SHARE.get(deal.stage, 8)
    mark = "+" if draw < plus else "?" if draw < plus + (10 - plus) * 2 // 3 else "-"
    parts = [f'us: "{mark}"', *(f'{rival}: "{rng.choice("++--?")}"' for rival in rivals)]
    if mark != "?":
        parts.append(f"evidence: {rng.choice(EVIDENCE)}")
        if rng.random() < 0.3:
            parts.append(f"source: {rng.choice(deal.team)}")
    return f"      {criterion + ':':24}{{{', '.join(parts)}}}"


def buyer_lines(deal: Deal, n: int, opposes: bool, rng: Random) -> list[str]:
    """Return the part of the n-th person in a deal; lines of influence lead to the first."""
    key = deal.team[n]
    lines = [
        f"  {key}:",
        f"    roles: {ROLES[n]}",
        f"    orientation: {rng.choice(ORIENTATIONS)}",
        f"    adaptability: {rng.choice(ADAPTABILITY)}",
        f"    coverage: {rng.choice(COVERAGE)}",
        f"    influence: {'inner_circle' if n < 2 else 'political_structure'}",
    ]
    if n:
        lines.append(f"    influences: {{{deal.team[0]}: {rng.choice(['strong', 'normal'])}}}")
    seen = between(rng, deal.created, deal.events[-1][0])
    if opposes:
        lines.append(f"    opposes: {{level: non_supporter, evidence: {rng.choice(OPPOSITION)}, date: {seen}}}")
    else:
        behaviours = behaviours_seen(deal, rng)
        lines.append(f"    behaviours: {{{', '.join(f'{name}: {day}' for name, day in behaviours)}}}")
    lines.append(f"    agenda: {rng.choice(AGENDAS)}")
    if rng.random() < 0.4:
        lines.append(f"    approach: {rng.choice(APPROACHES)}")
    lines.append(f"    covered_by: {deal.account.owner if n else deal.account.manager}")
    return lines


def behaviours_seen(deal: Deal, rng: Random) -> list[tuple[str, date]]:
    """Return behaviours and their days in order: some of a neutral person's, or enough for a supporter."""
    names = rng.sample(NEUTRAL, rng.randint(1, 4))
    if len(names) > 3:
        names += rng.sample(SUPPORTER, 3)
    days = sorted(between(rng, deal.created, deal.events[-1][0]) for _ in names)
    return list(zip(names, days, strict=True))


def rival_count(deal: Deal) -> int:
    """Return how many competitors a deal has: one or two."""
    return 1 + deal.number % 2


def competitor_lines(deal: Deal, slug: str, label: str, rng: Random) -> list[str]:
    """Return one competitor of a deal."""
    lines = [
        f"  {slug}:",
        f"    name: {label}",
        f"    products: {flow(rng.sample(PRODUCTS, 2))}",
        f"    amount: {deal.amount * rng.randint(85, 110) // 100} CNY",
        f"    strategy: {rng.choice(STRATEGIES)}",
    ]
    if rng.random() < 0.5:
        lines.append(f"    strengths: {flow(rng.sample(STRENGTHS, 2))}")
        lines.append(f"    weaknesses: {flow(rng.sample(WEAKNESSES, 2))}")
    return lines


def action_lines(deal: Deal, rng: Random) -> list[str]:
    """Return the action plan in order of due days; what is due in the past is done."""
    end = deal.events[-1][0] if deal.ended else deal.close
    days = sorted(between(rng, deal.created, end) for _ in range(rng.randint(2, 5)))
    lines = ["actions:"]
    for day in days:
        who = rng.choice([deal.account.owner, deal.account.manager, deal.team[-1]])
        done = f", done: {day}, result: 已完成" if day <= AS_OF else ""
        category = rng.choice(CATEGORIES)
        lines.append(f"  - {{due: {day}, who: {who}, what: {rng.choice(TASKS)}, category: {category}{done}}}")
    return lines


def gate_lines(deal: Deal) -> list[str]:
    """Return the evidence for every stage that the deal has passed, dated when it went on."""
    lines = []
    for (_, code), (left, following) in zip(deal.events, deal.events[1:], strict=False):
        if following != LOST:
            lines += [f"  {key}: {{date: {left}, evidence: {text}}}" for key, text in GATES[code]]
    if deal.stage == "P":
        lines += [f"  {key}: {{date: {deal.events[-1][0]}, evidence: {text}}}" for key, text in GATES["P"]]
    return ["gate_evidence:", *lines] if lines else []


def contract_lines(deal: Deal) -> list[str]:
    """Return contract and payments of a deal that is signed; what is due in the past has come."""
    if deal.stage not in WON:
        return []
    lines = [
        f"contract: {{number: HT-{deal.number + 1:06}, signed: {deal.close}, amount: {deal.amount} CNY}}",
        "payments:",
    ]
    first = deal.amount * 3 // 10
    last = deal.events[-1][0] if deal.stage == "P" else AS_OF + timedelta(days=60)
    for day, amount in ((deal.close, first), (last, deal.amount - first)):
        received = f", received: {amount} CNY, received_on: {day}" if day <= AS_OF else ""
        lines.append(f"  - {{due: {day}, amount: {amount} CNY{received}}}")
    return lines


def call_text(deal: Deal, stem: str, day: date, contact: str, own: str, rng: Random) -> str:
    """Return the file of one call: the plan and, the same evening, the record. `own` ends each of its texts."""
    owner = deal.account.owner
    follow_up = day + timedelta(days=rng.randint(3, 14))
    done = f", done: {follow_up}" if follow_up <= AS_OF else ""
    return f"""\
date: {day}
time: "{rng.randint(9, 16):02}:{rng.choice(["00", "30"])}"
by: {owner}
mode: {rng.choice(["visit", "visit", "phone", "online"])}
contact: {contact}
opportunity: {stem}
duration: {rng.choice([30, 60, 90])}m
attendees:
  customer: [{{contact: {contact}, role: 主谈}}]
  ours: [{{member: {owner}, role: 主谈}}]
plan:
  purpose: {rng.choice(PURPOSES)}{own}
  objectives:
    - {{objective: 弄清资金来源{own}, measure: 说出文件或账户, due: {day}, met: {rng.choice(["true", "false"])}}}
  questions:
    - {{need: 资金, why: 判断是否真能招标, ask: 资金到位后会先用在哪里, criterion: access_to_funds}}
outcome:
  recorded_at: {day}T18:{rng.randint(10, 59)}
  events: {rng.choice(EVIDENCE)}{own}
  needs_found: [{{need: {rng.choice(NEEDS)}{own}, confirmed: {rng.choice(["true", "false"])}}}]
  objections: [{{objection: 价格高{own}, handled: {rng.choice(["true", "false"])}}}]
  commitments:
    - {{by: {owner}, what: {rng.choice(TASKS)}{own}, due: {follow_up}{done}}}
"""


def between(rng: Random, first: date, last: date) -> date:
    """Return a random day from first to last, both included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def workday(day: date) -> date:
    """Return the day, or the Monday after it on a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def flow(items: Sequence[str]) -> str:
    """Return a flow sequence of YAML."""
    return f"[{', '.join(items)}]"


def joined(lines: Sequence[str]) -> str:
    """Return lines as the text of a file."""
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
