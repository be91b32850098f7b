"""More of what interviewers say, written after the checker was made, to other questions.

Nothing in `small_talk` or `remarks` was changed for the sake of these.
"""

from __future__ import annotations

from wordings import Place

LATER_PLACES = {
    "boosting": Place("boosting-vs-bagging"),
    "attention": Place("self-attention"),
    "normal": Place("batch-normalization"),
    "small": Place("batch-norm-small-batches"),
    "auc": Place(
        "roc-vs-precision-recall",
        "The ROC curve shows the true positive rate against the false positive rate as the "
        "threshold moves. With few positives I would rather see precision and recall. The area "
        "sums up the ranking in one number.",
        follow_up=2,
    ),
    "team": Place(
        "hunting-data-leakage",
        "I would look at the most important features first, since one of them often holds the "
        "outcome. Then I check the split by customer and by time, and whether preprocessing was "
        "fitted on everything. I also compare with a simple baseline.",
        follow_up=3,
    ),
    "boosting?": Place("boosting-vs-bagging", request="Should I talk about AdaBoost as well?"),
    "small?": Place("batch-norm-small-batches", request="What do you mean by options?"),
}

LATER_DECENT = """
boosting | Thanks. The next question is about ensembles. What is boosting, and how does it differ from bagging?
boosting | Let's go on to boosting. Can you explain what it is and how it differs from bagging?
boosting | All right, next topic. How would you explain boosting, and in what way is it different from bagging?
boosting | Okay, moving on to tree ensembles. What is meant by boosting, and how does it differ from bagging?
boosting | We'll leave that there. Could you tell me what boosting is and how it compares with bagging?
boosting | Understood. Now let's consider boosting: what is it, and how is it different from bagging?
boosting | Welcome. I'd like to begin with boosting. What is it, and how does it differ from bagging?
attention | Thank you. I'd now like to turn to transformers. How does self-attention work in one, and what are its strengths and weaknesses?
attention | Let's discuss self-attention. Please explain how it works in a transformer and what its strengths and weaknesses are.
attention | Okay. Tell me how self-attention works in a transformer. What are its strengths, and what are its weaknesses?
attention | Got it. For the next question, imagine you're explaining self-attention to a colleague: how does it work in a transformer, and what are its strengths and weaknesses?
attention | Thanks, noted. Could you take me through how self-attention works in a transformer, along with its main strengths and weaknesses?
attention | No problem, let's try another one. How does self-attention in a transformer work, and where are its strengths and weaknesses?
normal | Alright. How does batch normalization work, why is it helpful, and where does it fall short?
normal | Thanks for your answer. Let's talk about batch normalization: how does it work, why does it help, and where are its limits?
normal | Next up is batch normalization. Could you describe how it works, explain why it helps, and say where it falls short?
normal | I'd like to hear about batch normalization now. How does it work, why does it help and where does it fall short?
small | Thank you. Let's take a practical case. Your detector fits only two images per GPU, and batch normalization makes training erratic. What are your options?
small | Okay, here is the situation: your detector only fits two images per GPU, and training is erratic because of batch normalization. What options do you have?
small | Let's move to something hands-on. Suppose your detector fits just two images on each GPU and batch normalization makes the training erratic. What could you do?
small | Now imagine that you can fit only two images per GPU for your detector, and that batch normalization makes training erratic. What are your options?
small | I see. Next question: with only two images per GPU, batch normalization makes the training of your detector erratic. Which options do you have?
auc | Thanks. Your AUC is 0.2. What does that tell you?
auc | You mentioned the ranking. Suppose your AUC is 0.2. What does that tell you?
auc | Let me stay with the area for a moment. If your AUC is 0.2, what does that tell you?
auc | Okay. What would an AUC of 0.2 tell you?
auc | You said the area sums up the ranking in one number. Say your AUC is 0.2. What does that tell you?
auc | Noted. Now say you see an AUC of 0.2; what do you make of it?
team | Thank you. How would you prevent leakage in a team, and not only find it?
team | You talked about checking the split by customer and by time. How would you prevent leakage in a team rather than only find it?
team | So far you've described how to find leakage. How would you go about preventing it in a team?
team | Okay, that's how to find it. How would you prevent leakage in a team in the first place?
team | Let's broaden that. As a team, how would you prevent leakage instead of just finding it?
team | I have one follow-up. How would you prevent leakage within a team, and not only find it?
boosting? | You can if you like. The question is what boosting is and how it differs from bagging.
boosting? | That's up to you. I'd like to hear what boosting is in general, and how it differs from bagging.
boosting? | Boosting in general is what I'm asking about: what it is, and how it differs from bagging.
small? | I mean what you could do in that situation: only two images fit per GPU, and batch normalization makes training erratic.
small? | By options I mean the things you could do when the detector fits two images per GPU and training is erratic with batch normalization.
small? | Anything you could do about it. Your detector fits only two images per GPU and batch normalization makes training erratic; tell me how you would respond.
"""  # noqa: E501

LATER_BAD = """
praise | auc | Beautifully put. {asked}
praise | team | That hits the mark. {asked}
praise | boosting | You're doing great. {asked}
praise | auc | I couldn't agree more. {asked}
praise | team | Very much in line with what I think. {asked}
praise | auc | You've got a firm grasp of this. {asked}
praise | team | That's a mature way to work. {asked}
praise | attention | So far, so good. {asked}
praise | auc | Yes. {asked}
praise | team | That's what I wanted to hear. {asked}
praise | auc | Thanks for such a crisp summary. {asked}
praise | team | Spoken like a true professional. {asked}
praise | normal | Full points. {asked}
praise | auc | Sharp observation about the ranking. {asked}
criticism | auc | I'm afraid that's off. {asked}
criticism | team | You could have said more. {asked}
criticism | auc | That was hard to follow. {asked}
criticism | team | You forgot the main thing. {asked}
criticism | boosting | That answer was thin. {asked}
criticism | auc | I doubt that. {asked}
criticism | team | Really? {asked}
criticism | auc | You lost me there. {asked}
criticism | normal | We expected something else. {asked}
criticism | team | Let me correct that. {asked}
second ask | boosting | {asked} And tell me about stacking.
second ask | attention | {asked} How would you code it in PyTorch?
second ask | normal | {asked} Which papers have you read about it?
second ask | small | {asked} Please also say what hardware you have used.
second ask | auc | {asked} Is that clear?
second ask | team | {asked} I'd like you to name three tools, too.
second ask | boosting | First, introduce yourself. {asked}
second ask | attention | What is your favourite architecture, and why? {asked}
hint | boosting | {asked} Mind the residuals.
hint | attention | {asked} Don't forget the positions.
hint | normal | {asked} Start with the mean and the variance.
hint | small | {asked} Group norm comes to mind.
hint | auc | {asked} Try flipping the labels.
hint | team | {asked} A held-out set under lock may help.
hint | boosting | Bagging runs in parallel, by the way. {asked}
hint | normal | Gamma and beta are learned. {asked}
off topic | attention | My daughter starts school today. {asked}
off topic | team | We use a very modern office building. {asked}
off topic | auc | Bitcoin went up again. {asked}
off topic | small | Please rate this service afterwards. {asked}
ending early | auc | I have all I need, so this is the end. {asked}
ending early | boosting | Thanks for your time today. {asked}
ending early | team | You may leave now. {asked}
ending early | normal | We'll be in touch. {asked}
"""
