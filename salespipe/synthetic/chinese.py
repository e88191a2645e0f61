# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""The made-up company as a Chinese one: the same deals, in Chinese words and in CNY."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.synthetic import fiction
from salespipe.synthetic.plans import MARKET_INDEX
from salespipe.tables import Tables

__all__ = ["CNY_PER_UNIT", "in_chinese"]

CNY_PER_UNIT: Final = 7
"""What amounts are multiplied by; a round rate, for nothing here is real."""

_FAMILY: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢"
_GIVEN: Final = (
    "晓雯", "建国", "思远", "雅琴", "志强", "丽华", "子涵", "文博", "静怡", "海涛", "梦琪", "俊杰",
    "秀英", "天宇", "雨桐", "国栋", "佳颖", "明轩", "慧敏", "立新", "婉清", "振华", "若曦", "一鸣",
)  # fmt: skip
_BRAND: Final = ("云岭", "东澜", "启衡", "华沁", "星渡", "朗和", "瑞峤", "明汐", "卓川", "恒叶",
                 "嘉屿", "远澄", "盛柏", "锦棠", "博沅", "泰霖", "安祺", "鸿湛", "宁舟", "佳穗")  # fmt: skip
_SECOND: Final = "达科信通源泰丰瑞诚智联创盈康泽捷拓邦润辰宇航森悦禾景卓凌峰霆岚沐棋彦尚岳钧朔"
_PLACE: Final = ("", "北方", "南方", "华东", "西部")
_KIND: Final = {
    "Works": "制造", "Foods": "食品", "Labs": "研究院", "Textiles": "纺织", "Shipping": "物流",
    "Clinics": "医疗", "Tools": "建材", "Farms": "农业",
}  # fmt: skip
_SEGMENTS: Final = {"Instruments": "仪器", "Software": "软件", "Service": "服务"}
_SOURCES: Final = {
    "Referral": "转介绍", "Web": "网站", "Trade fair": "展会", "Outbound": "陌生拜访",
    "Partner": "合作伙伴",
}  # fmt: skip
_REASONS: Final = {
    "No decision": "未做决定", "Price": "价格", "Competitor": "竞争对手", "No budget": "没有预算",
    "Missing feature": "功能不足",
}  # fmt: skip
_STEPS: Final = dict(
    zip(
        fiction.NEXT_STEPS,
        ("约定首次会面", "了解预算与决策人", "召开需求研讨会", "演示方案", "商定条款"),
        strict=True,
    )
)
_TYPES: Final = {"Call": "电话", "E-mail": "邮件", "Meeting": "会议", "Demo": "演示"}
_OUTCOMES: Final = {
    "Reached": "已联系上", "No answer": "未接通", "Call back": "待回电", "Sent": "已发送",
    "Answered": "已回复", "Held": "已举行", "Moved": "改期", "Liked": "认可",
    "Questions left": "尚有疑问",
}  # fmt: skip
_INDUSTRIES: Final = dict(
    zip(
        fiction.INDUSTRIES,
        ("制造业", "食品", "科研", "纺织", "物流", "医疗", "建筑", "农业"),
        strict=True,
    )
)
_REGIONS: Final = {"North": "北部", "South": "南部", "East": "东部", "West": "西部"}
_COUNTRIES: Final = {
    "Avaria": "阿瓦里亚", "Belmora": "贝尔莫拉", "Castrenia": "卡斯特雷尼亚", "Dorvland": "多夫兰",
}  # fmt: skip
_ROLES: Final = {
    "Head of purchasing": "采购总监", "Plant manager": "厂长", "Managing director": "总经理",
    "Engineer": "工程师", "Finance": "财务",
}  # fmt: skip
_SAID: Final = {
    "Process": "流程",
    "Tool": "工具",
    "closed": "已完成",
    "open": "处理中",
    "The needs workshop comes too late for small deals.": "小额商机的需求研讨会安排得太晚。",
    "May be skipped below 5,000.": "3.5 万元以下可以省去。",
    "I would like to see my overdue deals first.": "希望先看到自己逾期的商机。",
    "They top the To do list.": "它们排在“待办”表最前面。",
    "Exit criteria of the proposal stage are too strict.": "报价阶段的完成条件过严。",
    'The list of sources lacks "Webinar".': "来源列表缺少“线上研讨会”。",
}
_PROOFS: Final = {
    "Confirmed: A named person has agreed to talk.": "已确认：已有明确的联系人同意沟通。",
    "Confirmed: Need, budget, decision maker and date are known.": "已确认：需求、预算、决策人与时间均已明确。",
    "Confirmed: The customer has confirmed the needs in writing.": "已确认：客户已书面确认需求。",
    "Confirmed: The decision maker has seen the solution and asked for a price.": "已确认：决策人已了解方案并询价。",
}


def in_chinese(tables: Tables) -> Tables:
    """Give a made-up company's tables in Chinese, amounts in CNY; ids and days stay.

    Parameters
    ----------
    tables : Tables
        As made for an English company; what is in no dictionary here stays as it is.
    """
    people, firms = _people(tables), _firms(tables.accounts)
    who = {n.OWNER: people}
    deals = _said(
        tables.deals,
        who
        | {
            n.ACCOUNT: firms,
            n.SEGMENT: _SEGMENTS,
            n.SOURCE: _SOURCES,
            n.NEXT_STEP: _STEPS,
            n.LOST_REASON: _REASONS,
            n.EXIT_EVIDENCE: _PROOFS,
        },
    )
    deals[n.DEAL_NAME] = deals[n.ACCOUNT] + deals[n.SEGMENT] + "项目"
    deals[n.CURRENCY] = deals[n.CURRENCY].mask(deals[n.CURRENCY].notna(), "CNY")
    done = {n.ACTIVITY_TYPE: _TYPES, n.ACTIVITY_OUTCOME: _OUTCOMES, n.SUBJECT: _STEPS}
    told = dict.fromkeys((n.TOPIC, n.FEEDBACK, n.ANSWER, n.STATUS), _SAID)
    places = {n.INDUSTRY: _INDUSTRIES, n.REGION: _REGIONS, n.COUNTRY: _COUNTRIES}
    contacts = _said(tables.contacts, {n.ACCOUNT: firms, n.ROLE: _ROLES, n.CONTACT: people})
    return replace(
        tables,
        deals=_exchanged(deals),
        accounts=_said(tables.accounts, who | places | {n.ACCOUNT: firms}),
        contacts=contacts,
        activities=_said(tables.activities, who | done),
        targets=_exchanged(_said(tables.targets, who)),
        market=_said(tables.market, {n.INDEX: {MARKET_INDEX: "需求指数"}}),
        feedback=_said(tables.feedback, who | told),
        changes=_exchanged(_said(tables.changes, who)),
        settings=replace(
            tables.settings, company="云岭科技（虚构）", currency="CNY", language="zh"
        ),
    )


def _said(frame: pd.DataFrame, words: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    return frame.assign(
        **{
            key: frame[key].map(lambda value, known=known: known.get(value, value))
            for key, known in words.items()
        }
    ).astype(frame.dtypes)


def _exchanged(frame: pd.DataFrame) -> pd.DataFrame:
    money = [key for key in (n.AMOUNT, n.LISTED_AMOUNT, n.QUOTA) if key in frame]
    return frame.assign(**{key: frame[key] * CNY_PER_UNIT for key in money})


def _people(tables: Tables) -> dict[str, str]:
    """Give everyone a Chinese name, the same wherever they stand."""
    seen = pd.concat(
        [tables.targets[n.OWNER], tables.accounts[n.OWNER], tables.contacts[n.CONTACT]]
    )
    return {name: _person(place) for place, name in enumerate(seen.dropna().unique())}


def _person(place: int) -> str:
    given, family = divmod(place, len(_FAMILY))
    return f"{_FAMILY[family]}{_GIVEN[(place + given) % len(_GIVEN)]}"


def _firms(accounts: pd.DataFrame) -> dict[str, str]:
    names = {}
    for place, name in enumerate(accounts[n.ACCOUNT].dropna().unique()):
        rest, brand = divmod(place, len(_BRAND))
        where, second = divmod(rest, len(_SECOND))
        kind = _KIND.get(str(name).rpartition(" ")[2], "")
        names[str(name)] = f"{_PLACE[where % len(_PLACE)]}{_BRAND[brand]}{_SECOND[second]}{kind}"
    return names
